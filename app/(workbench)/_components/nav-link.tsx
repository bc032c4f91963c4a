"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { NavigationEntry } from "./navigation.ts";

/** A link of the navigation that knows whether its page, or one below it, is open. */
export function NavLink({ label, href, onNavigate }: NavigationEntry & { onNavigate?: () => void }) {
  const path = usePathname();
  const isHere = path === href || path.startsWith(`${href}/`);
  return (
    <Link className="nav-link" href={href} aria-current={isHere ? "page" : undefined} onClick={onNavigate}>
      {label}
    </Link>
  );
}
