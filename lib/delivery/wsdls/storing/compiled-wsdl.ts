import type { Wsdl } from "#lib/delivery/soap/model.ts";
import { createSingleFlight } from "#lib/platform/background/single-flight.ts";
import { type Database, getDb, type Transaction } from "#lib/platform/db/client.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { compilePacked } from "./compile-documents.ts";
import { findDocuments } from "./wsdl-store.ts";

/**
 * How much WSDL text the compiled models of this process may stand for (docs/benchmarks.md says what that takes in memory); one
 * alone may be larger.
 */
const maxCachedBytes = 64 * 1024 * 1024;

/**
 * Compiled models by the hash of their documents, the one used last at the end. A hash names one content for ever, so nothing
 * here goes stale: which hash a transport has is part of its plan, and plans follow the change counter.
 */
const getCache = () =>
  singleton("wsdls.compiled", () => ({
    entries: new Map<string, { wsdl: Wsdl; bytes: number }>(),
    bytes: 0,
    flight: createSingleFlight<Wsdl>(),
  }));

/**
 * The compiled WSDL of a transport: from memory without a promise, else from the database.
 * @param wsdl hash and size, as the transport's plan has them.
 * @throws AppError `transport_unusable` when the stored WSDL is another one by now, `wsdl_invalid`
 */
export function getCompiledWsdl(
  transportId: string,
  wsdl: { hash: string; bytes: number },
  db?: Database | Transaction,
): Wsdl | Promise<Wsdl> {
  const { entries, flight } = getCache();
  const { hash, bytes } = wsdl;
  const known = entries.get(hash);
  if (!known) {
    return flight(hash, async () => {
      const loaded = await loadWsdl(transportId, hash, db ?? getDb());
      keepCompiled(hash, bytes, loaded);
      return loaded;
    });
  }
  entries.delete(hash);
  entries.set(hash, known);
  return known.wsdl;
}

/** Puts a model that was compiled for another purpose where runs find it. */
export function keepCompiled(hash: string, bytes: number, wsdl: Wsdl): void {
  const cache = getCache();
  drop(hash);
  cache.entries.set(hash, { wsdl, bytes });
  cache.bytes += bytes;
  for (const oldest of cache.entries.keys()) {
    if (cache.bytes <= maxCachedBytes || oldest === hash) break;
    drop(oldest);
  }
}

function drop(hash: string): void {
  const cache = getCache();
  cache.bytes -= cache.entries.get(hash)?.bytes ?? 0;
  cache.entries.delete(hash);
}

async function loadWsdl(transportId: string, hash: string, db: Database | Transaction): Promise<Wsdl> {
  const found = await findDocuments(transportId, db);
  if (found?.hash === hash) return compilePacked(found.packed);
  throw new AppError("transport_unusable", "The transport's WSDL has just been replaced.", {
    hint: "Try again.",
    retryable: true,
  });
}
