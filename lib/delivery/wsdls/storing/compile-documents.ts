import type { WsdlChange } from "#lib/delivery/soap/diff.ts";
import type { Wsdl, WsdlDocument } from "#lib/delivery/soap/model.ts";
import { openModel, shareModel } from "#lib/delivery/soap/shared-model.ts";
import { maxInlineLength, wsdlBudget } from "#lib/delivery/soap/untrusted.ts";
import { hashWsdl, parseWsdl } from "#lib/delivery/soap/wsdl.ts";
import { createRunUntrusted } from "#lib/platform/threads/run-untrusted.ts";
import * as tasks from "../tasks.ts";
import { packDocuments, unpackDocuments } from "./pack-documents.ts";

const runUntrusted = createRunUntrusted<typeof tasks>("lib/delivery/wsdls/tasks.ts");

const isLarge = (documents: readonly WsdlDocument[]): boolean =>
  documents.reduce((sum, { text }) => sum + text.length, 0) > maxInlineLength;

/**
 * Compiles documents, off the event loop if they're large.
 * @throws AppError as `parseWsdl`
 */
export async function compileAndPack(documents: WsdlDocument[]): Promise<{ wsdl: Wsdl; hash: string; packed: Buffer }> {
  if (!isLarge(documents)) {
    return { wsdl: parseWsdl(documents), hash: hashWsdl(documents), packed: await packDocuments(documents) };
  }
  const { model, ...rest } = await runUntrusted("compileAndPack", [documents], wsdlBudget("compiling the WSDL"));
  return { ...rest, wsdl: openModel(model), packed: Buffer.from(rest.packed) };
}

/** Compiles stored documents. @param bytes of the documents */
export async function compilePacked(packed: Buffer, bytes: number): Promise<Wsdl> {
  if (bytes <= maxInlineLength) return parseWsdl(await unpackDocuments(packed));
  return openModel(await runUntrusted("compilePacked", [packed], wsdlBudget("compiling the WSDL")));
}

/** What is different in a WSDL since it was stored. */
export function diffPacked(before: Buffer, next: Wsdl): Promise<WsdlChange[]> {
  return runUntrusted("diffPacked", [before, shareModel(next)], wsdlBudget("comparing the WSDLs"));
}

/** Removes secrets that a server repeats in its documents. */
export async function removeSecrets(documents: WsdlDocument[], secrets: string[]): Promise<WsdlDocument[]> {
  if (!isLarge(documents)) return tasks.removeSecrets(documents, secrets);
  return runUntrusted("removeSecrets", [documents, secrets], wsdlBudget("searching the WSDL for secrets"));
}
