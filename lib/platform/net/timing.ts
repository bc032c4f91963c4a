import { watchConnecting } from "./connecting/watch-connecting.ts";
import { type HopTrace, type NetworkTrace, startTrace } from "./trace.ts";

/** What takes time in a request. `proxy` is all that it takes to get through a proxy. */
export type NetworkPhase = "lookup" | "proxy" | "connect" | "tls" | "first_byte" | "body";

/** A phase, in milliseconds: when it began, and how long it took. */
export type Phase<Name extends string> = { name: Name; startMs: number; durationMs: number };

/** Collects the phases of some work, measured from when it was created. */
export class Timing<Name extends string = NetworkPhase> {
  readonly phases: Phase<Name>[] = [];
  readonly #began = performance.now();

  /** Adds a phase. Both times are by `performance.now()`. */
  add(name: Name, since: number, until = performance.now()): void {
    this.phases.push({ name, startMs: round(since - this.#began), durationMs: round(until - since) });
  }
}

/** What gets the phases of a request. */
export type PhaseRecorder = Pick<Timing, "add">;

const round = (ms: number) => Math.round(ms * 10) / 10;

/**
 * Sends a request and adds the phases up to the first byte of its response. Those of a connection are added only if the request had to open
 * one; if it fails, the last phase is the one that failed.
 */
export async function timeFirstByte<T>(
  timing: PhaseRecorder,
  way: NonNullable<NetworkTrace["way"]>,
  send: () => Promise<T>,
): Promise<T> {
  const trace: NetworkTrace = { ...startTrace(), way };
  const since = performance.now();
  try {
    return await watchConnecting(trace, send);
  } finally {
    addPhases(timing, trace, since, performance.now());
  }
}

function addPhases(timing: PhaseRecorder, trace: NetworkTrace, since: number, until: number): void {
  const { toProxy, tunnel, toHost } = trace;
  let at = since;
  const add = (name: NetworkPhase, ms: number | null | undefined) => {
    if (typeof ms !== "number") return;
    timing.add(name, at, at + ms);
    at += ms;
  };
  const unfinished = findUnfinished(trace);
  if (toProxy && unfinished !== "proxy") add("proxy", sumOf(toProxy) + (tunnel?.ms ?? 0));
  if (toHost) {
    add("lookup", toHost.lookupMs);
    add("connect", toHost.connectMs);
    add("tls", toHost.tls?.ms);
  }
  add(unfinished ?? "first_byte", Math.max(0, until - at));
}

function sumOf({ lookupMs, connectMs, tls }: HopTrace): number {
  return (lookupMs ?? 0) + (connectMs ?? 0) + (tls?.ms ?? 0);
}

/** In which phase a connection failed; null if it was open. */
function findUnfinished({ way, toProxy, toHost }: NetworkTrace): NetworkPhase | null {
  if (toHost) {
    if (toHost.isOpen) return null;
    if (way === "tunnel" || toHost.connectMs !== null) return "tls";
    return toHost.addresses.length === 0 && toHost.dialled.length === 0 ? "lookup" : "connect";
  }
  if (!toProxy) return null;
  return way === "forward" && toProxy.isOpen ? null : "proxy";
}
