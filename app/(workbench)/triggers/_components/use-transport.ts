"use client";
import { useEffect, useState } from "react";
import { describeTransport } from "../actions.ts";
import type { KnownTransport } from "./request-kind.ts";

/** Looks up the transports that are picked, once each. */
export function useTransports(initial: KnownTransport | null) {
  const [known, setKnown] = useState<KnownTransport[]>(initial ? [initial] : []);
  const find = (id: string) => known.find((transport) => transport.id === id) ?? null;
  const learn = (transport: KnownTransport) => setKnown((before) => [...before, transport]);
  return { find, learn };
}

/** Asks for a transport that is picked and not known yet. */
export function useLookUp({ find, learn }: ReturnType<typeof useTransports>, id: string): void {
  const isKnown = id === "" || find(id) !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: learn is a new function each time and does the same.
  useEffect(() => {
    if (isKnown) return;
    let isCurrent = true;
    describeTransport({ id }).then((answer) => {
      if (isCurrent && answer.ok) learn(answer.value);
    });
    return () => {
      isCurrent = false;
    };
  }, [id, isKnown]);
}
