"use client";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from "react";
import { timeZoneCookie } from "./format-time.ts";
import { writeCookie } from "./write-cookie.ts";

type Clock = { now: number; timeZone: string };

const ClockContext = createContext<Clock>({ now: 0, timeZone: "UTC" });

const tickMs = 15_000;
const listeners = new Set<() => void>();
let tick = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** One timer for all times on the page; it runs only while some are shown. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    tick = Date.now();
    for (const each of listeners) each();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function readNow(): number {
  if (tick === 0 || Date.now() - tick > tickMs) tick = Date.now();
  return tick;
}

/** Hands the server's clock and time zone to the first render and remembers the browser's zone for the next one. */
export function ClockProvider({ now, timeZone, children }: Clock & { children: ReactNode }) {
  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (zone && zone !== timeZone) writeCookie(timeZoneCookie, zone);
  }, [timeZone]);
  const clock = useMemo(() => ({ now, timeZone }), [now, timeZone]);
  return <ClockContext value={clock}>{children}</ClockContext>;
}

const readZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
const never = () => () => undefined;

/** The time now (ms, at most 15 s old) and the person's time zone; during hydration what the server used. */
export function useClock(): Clock {
  const server = useContext(ClockContext);
  const now = useSyncExternalStore(subscribe, readNow, () => server.now);
  const timeZone = useSyncExternalStore(never, readZone, () => server.timeZone);
  return { now, timeZone };
}
