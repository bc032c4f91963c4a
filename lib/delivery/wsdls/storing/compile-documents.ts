import type { WsdlChange } from "#lib/delivery/soap/diff.ts";
import type { Wsdl, WsdlDocument } from "#lib/delivery/soap/model.ts";
import { openModel, shareModel } from "#lib/delivery/soap/shared-model.ts";
import { maxInlineLength, wsdlBudget } from "#lib/delivery/soap/untrusted.ts";
import { createRunUntrusted } from "#lib/platform/threads/run-untrusted.ts";
import * as tasks from "../tasks.ts";

const runUntrusted = createRunUntrusted<typeof tasks>("lib/delivery/wsdls/tasks.ts");

const isLarge = (documents: readonly WsdlDocument[]): boolean =>
  documents.reduce((sum, { text }) => sum + text.length, 0) > maxInlineLength;

/**
 * Compiles documents off the event loop, small ones too: a few characters can ask for all the work of the budgets.
 * @throws AppError as `parseWsdl`
 */
export async function compileAndPack(documents: WsdlDocument[]): Promise<{ wsdl: Wsdl; hash: string; packed: Buffer }> {
  const { model, ...rest } = await runUntrusted("compileAndPack", [documents], wsdlBudget("compiling the WSDL"));
  return { ...rest, wsdl: openModel(model), packed: Buffer.from(rest.packed) };
}

/** Compiles stored documents. */
export async function compilePacked(packed: Buffer): Promise<Wsdl> {
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
