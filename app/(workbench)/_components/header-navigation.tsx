"use client";
import { IconChevronDown } from "@tabler/icons-react";
import { usePathname } from "next/navigation";
import { useEffect, useId, useRef, useState } from "react";
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

function Disclosure({ label, entries }: { label: string; entries: NavigationEntry[] }) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const path = usePathname();
  const isHere = entries.some((entry) => path === entry.href || path.startsWith(`${entry.href}/`));

  useEffect(() => {
    if (!isOpen) return;
    const onPointer = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", onPointer);
    return () => document.removeEventListener("pointerdown", onPointer);
  }, [isOpen]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape and leaving close the list from anywhere inside.
    <div
      ref={box}
      className="relative"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        setOpen(false);
        button.current?.focus();
      }}
      onBlur={(event) => {
        if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <button
        ref={button}
        type="button"
        className="nav-link"
        data-here={isHere || undefined}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        {label}
        <IconChevronDown size={16} aria-hidden />
      </button>
      <ul
        id={id}
        hidden={!isOpen}
        className="card absolute top-full left-0 z-10 m-0 mt-1 min-w-44 list-none p-1 shadow-lg"
      >
        {entries.map((entry) => (
          <li key={entry.href}>
            <NavLink {...entry} onNavigate={() => setOpen(false)} />
          </li>
        ))}
      </ul>
    </div>
  );
}
