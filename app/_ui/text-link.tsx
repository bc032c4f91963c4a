import Link from "next/link";
import type { ReactNode } from "react";

/** A link in a text or a table; not prefetched, as a list has many. */
export function TextLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link className="link" href={href} prefetch={false}>
      {children}
    </Link>
  );
}
