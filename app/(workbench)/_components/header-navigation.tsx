"use client";
import { ChevronDownIcon } from "lucide-react";
import { usePathname } from "next/navigation";
import { useId, useRef } from "react";
import { NavLink } from "./nav-link.tsx";
import type { Navigation, NavigationEntry } from "./navigation.ts";

/** Navigation in the header of wide screens: the work pages side by side, Administration as a list that opens. */
export function HeaderNavigation({ work, administration }: Navigation) {
  return (
    <nav aria-label="Main" className="hidden min-w-0 items-center gap-1 lg:flex">
      <ul className="m-0 flex list-none items-center gap-1 p-0">
        {work.map((entry) => (
          <li key={entry.href}>
            <NavLink {...entry} />
          </li>
        ))}
        {administration.length > 0 && (
          <li>
            <Disclosure label="Administration" entries={administration} />
          </li>
        )}
      </ul>
    </nav>
  );
}

/** A popover of the browser's own: it opens also before this page's code has arrived, and closes on Escape and clicks outside. */
function Disclosure({ label, entries }: { label: string; entries: NavigationEntry[] }) {
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const path = usePathname();
  const isHere = entries.some((entry) => path === entry.href || path.startsWith(`${entry.href}/`));
  const close = () => list.current?.hidePopover();

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: leaving closes the list, from anywhere inside.
    <div
      onBlur={(event) => {
        if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) close();
      }}
    >
      <button type="button" className="nav-link" data-here={isHere || undefined} popoverTarget={id}>
        {label}
        <ChevronDownIcon size={16} aria-hidden />
      </button>
      <ul ref={list} id={id} popover="auto" className="nav-list card min-w-44 list-none p-1 shadow-lg">
        {entries.map((entry) => (
          <li key={entry.href}>
            <NavLink {...entry} onNavigate={close} />
          </li>
        ))}
      </ul>
    </div>
  );
}
