"use client";
import { usePathname, useRouter } from "next/navigation";

/** Changes parameters in the URL of a list, which starts at its first page again; "" and null remove one. */
export function useUrlChange(): (changes: Record<string, string | null>) => void {
  const router = useRouter();
  const path = usePathname();
  return (changes) => {
    const next = new URLSearchParams(window.location.search);
    next.delete("cursor");
    for (const [name, value] of Object.entries(changes)) {
      if (value) next.set(name, value);
      else next.delete(name);
    }
    const query = next.toString();
    router.replace(query ? `${path}?${query}` : path, { scroll: false });
  };
}
