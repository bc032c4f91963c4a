"use client";
import { type RefObject, useEffect, useState } from "react";

/** Height of a line in px; the style sheet has the same. */
export const rowHeight = 32;
/** Lines drawn beyond the edge, and on the server, which knows no height. */
const overscan = 12;
const firstLines = 40;

/** Which lines a scrolling box shows: from and to, as indexes. Keeps a tree of thousands of open lines quick. */
export function useRowWindow(box: RefObject<HTMLElement | null>, count: number): { from: number; to: number } {
  const [range, setRange] = useState({ from: 0, to: firstLines });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => {
      const from = Math.max(0, Math.floor(element.scrollTop / rowHeight) - overscan);
      const to = Math.ceil((element.scrollTop + element.clientHeight) / rowHeight) + overscan;
      setRange((before) => (before.from === from && before.to === to ? before : { from, to }));
    };
    measure();
    element.addEventListener("scroll", measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", measure);
      observer.disconnect();
    };
  }, [box]);
  return { from: Math.min(range.from, Math.max(0, count - firstLines)), to: Math.min(range.to, count) };
}
