import type { Wsdl } from "#lib/delivery/soap/model.ts";
import { parseWsdl } from "#lib/delivery/soap/wsdl.ts";
import { type Database, getDb, type Transaction } from "#lib/platform/db/client.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { findDocuments } from "./wsdl-store.ts";

/**
 * How much WSDL text the compiled models of this process may stand for (docs/benchmarks.md says what that takes in memory); one
 * alone may be larger.
 */
const maxCachedBytes = 64 * 1024 * 1024;

/** `ready` is what `wsdl` came to, so that a run needs no promise. */
type Entry = { wsdl: Promise<Wsdl>; ready: Wsdl | null; bytes: number };

/**
 * Compiled models by the hash of their documents, the one used last at the end. A hash names one content for ever, so nothing
 * here goes stale: which hash a transport has is part of its plan, and plans follow the change counter.
 */
const getCache = () => singleton("wsdls.compiled", () => ({ entries: new Map<string, Entry>(), bytes: 0 }));

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
  const { entries } = getCache();
  const known = entries.get(wsdl.hash);
  if (!known) return keepCompiled(wsdl.hash, wsdl.bytes, loadWsdl(transportId, wsdl.hash, db ?? getDb()));
  entries.delete(wsdl.hash);
  entries.set(wsdl.hash, known);
  return known.ready ?? known.wsdl;
}

/** Puts a model that was compiled for another purpose where runs find it. */
export function keepCompiled(hash: string, bytes: number, wsdl: Promise<Wsdl>): Promise<Wsdl> {
  const cache = getCache();
  const entry: Entry = { wsdl, ready: null, bytes };
  drop(hash);
  cache.entries.set(hash, entry);
  cache.bytes += bytes;
  for (const oldest of cache.entries.keys()) {
    if (cache.bytes <= maxCachedBytes || oldest === hash) break;
    drop(oldest);
  }
  wsdl.then(
    (compiled) => {
      entry.ready = compiled;
    },
    () => {
      if (cache.entries.get(hash) === entry) drop(hash);
    },
  );
  return wsdl;
}

function drop(hash: string): void {
  const cache = getCache();
  cache.bytes -= cache.entries.get(hash)?.bytes ?? 0;
  cache.entries.delete(hash);
}

async function loadWsdl(transportId: string, hash: string, db: Database | Transaction): Promise<Wsdl> {
  const found = await findDocuments(transportId, db);
  if (found?.hash === hash) return parseWsdl(found.documents);
  throw new AppError("transport_unusable", "The transport's WSDL has just been replaced.", {
    hint: "Try again.",
    retryable: true,
  });
}
