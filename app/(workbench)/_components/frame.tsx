"use client";
import { ActionIcon } from "@mantine/core";
import { MenuIcon, PanelLeftCloseIcon, PanelLeftOpenIcon, XIcon } from "lucide-react";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { writeCookie } from "#app/_ui/write-cookie.ts";
import { formatPanel, type PanelPreference, panelCookie } from "./panel-preference.ts";
import { ResizeHandle } from "./resize-handle.tsx";

type Props = { panel: PanelPreference; header: ReactNode; aside: ReactNode; children: ReactNode };

/**
 * Header, panel and page. On wide screens the panel stands beside the page, can be closed and pulled wider; on narrow
 * ones it slides over the page, and the page behind it is inert.
 */
export function Frame({ panel, header, aside, children }: Props) {
  const [preference, setPreference] = useState(panel);
  const [isOver, setOver] = useState(false);
  const burger = useRef<HTMLButtonElement>(null);
  const path = usePathname();
  const [lastPath, setLastPath] = useState(path);
  if (path !== lastPath) {
    setLastPath(path);
    setOver(false);
  }

  const change = (next: PanelPreference) => {
    setPreference(next);
    writeCookie(panelCookie, formatPanel(next));
  };
  useEffect(() => {
    if (!isOver) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      setOver(false);
      burger.current?.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [isOver]);

  const PanelIcon = preference.isOpen ? PanelLeftCloseIcon : PanelLeftOpenIcon;
  const panelLabel = preference.isOpen ? "Hide the tree panel" : "Show the tree panel";
  const burgerLabel = isOver ? "Close the menu" : "Open the menu";
  return (
    <div
      className="frame"
      data-panel={preference.isOpen ? "open" : "closed"}
      data-over={isOver || undefined}
      style={{ "--panel-width": `${preference.width}px` } as React.CSSProperties}
    >
      <a className="skip-link" href="#main">
        Skip to the page
      </a>
      <header className="frame-header">
        <div className="hidden lg:block">
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={panelLabel}
            title={panelLabel}
            aria-expanded={preference.isOpen}
            aria-controls="panel"
            onClick={() => change({ ...preference, isOpen: !preference.isOpen })}
          >
            <PanelIcon size={20} strokeWidth={1.6} aria-hidden />
          </ActionIcon>
        </div>
        <div className="lg:hidden">
          <ActionIcon
            ref={burger}
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={burgerLabel}
            aria-expanded={isOver}
            aria-controls="panel"
            onClick={() => setOver(!isOver)}
          >
            {isOver ? <XIcon size={20} aria-hidden /> : <MenuIcon size={20} aria-hidden />}
          </ActionIcon>
        </div>
        {header}
      </header>
      <aside id="panel" className="frame-panel" aria-label="Tree panel">
        {aside}
        <ResizeHandle
          width={preference.width}
          onResize={(width) => setPreference({ ...preference, width })}
          onDone={(width) => change({ ...preference, width })}
        />
      </aside>
      {/* Escape and the burger do the same for the keyboard. */}
      <div className="frame-backdrop" aria-hidden onClick={() => setOver(false)} />
      <main id="main" tabIndex={-1} className="frame-main" inert={isOver}>
        {children}
      </main>
    </div>
  );
}
