import { AsyncLocalStorage } from "node:async_hooks";
import type { NetworkTrace } from "../trace.ts";

const watching = new AsyncLocalStorage<NetworkTrace>();

/** Sends a request; if it opens a connection in a shared pool, `trace` gets how that goes. Certificates aren't read. */
export function watchConnecting<T>(trace: NetworkTrace, send: () => T): T {
  return watching.run(trace, send);
}

/** The trace of the request that opens a connection now. */
export function findWatching(): NetworkTrace | undefined {
  return watching.getStore();
}
