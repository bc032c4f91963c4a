"use client";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";

const everyMs = 1500;
/** After two minutes nobody is working on it any more; the page stays as it is. */
const atMost = 80;

/** Reads the page anew every 1.5 s while something on it is about to change. */
export function RefreshWhile({ pending }: { pending: boolean }) {
  const router = useRouter();
  const times = useRef(0);
  useEffect(() => {
    if (!pending) return;
    times.current = 0;
    const timer = setInterval(() => {
      if (document.hidden) return;
      times.current += 1;
      if (times.current > atMost) clearInterval(timer);
      else router.refresh();
    }, everyMs);
    return () => clearInterval(timer);
  }, [pending, router]);
  return null;
}
