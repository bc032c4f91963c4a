"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";

/** Pages that come at once show nothing. */
const patienceMs = 180;
/** A click that led nowhere, such as a link that something else handled. */
const giveUpMs = 20_000;

/** A thin bar at the top while the next page is on its way. */
export function NavigationProgress() {
  const place = `${usePathname()}?${useSearchParams()}`;
  // The place that was left; the bar goes away by itself once the place is another one.
  const [from, setFrom] = useState<string | null>(null);

  useEffect(() => {
    let timers: ReturnType<typeof setTimeout>[] = [];
    const clear = () => {
      for (const timer of timers) clearTimeout(timer);
      timers = [];
    };
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      if (link.origin !== location.origin || (link.target && link.target !== "_self")) return;
      if (link.pathname === location.pathname && link.search === location.search) return;
      clear();
      timers = [setTimeout(() => setFrom(place), patienceMs), setTimeout(() => setFrom(null), giveUpMs)];
    };
    document.addEventListener("click", onClick);
    return () => {
      document.removeEventListener("click", onClick);
      clear();
    };
  }, [place]);

  if (from !== place) return null;
  return (
    <div className="navigation-progress" role="status">
      <span className="sr-only">Loading the page</span>
    </div>
  );
}
