import { diffWsdl, type WsdlChange } from "#lib/delivery/soap/diff.ts";
import type { WsdlDocument } from "#lib/delivery/soap/model.ts";
import { openKeptModel, type SharedModel, shareModel } from "#lib/delivery/soap/shared-model.ts";
import { hashWsdl, parseWsdl } from "#lib/delivery/soap/wsdl.ts";
import { compileSecrets, removeEchoes } from "#lib/platform/redaction/echoes.ts";
import { packDocuments, unpackDocuments } from "./storing/pack-documents.ts";

// What threads do for loading/compile-documents.ts.

export async function compileAndPack(documents: WsdlDocument[]) {
  const model = shareModel(parseWsdl(documents));
  return { model, hash: hashWsdl(documents), packed: await packDocuments(documents) };
}

export async function compilePacked(packed: Uint8Array): Promise<SharedModel> {
  return shareModel(parseWsdl(await unpackDocuments(packed)));
}

export async function diffPacked(before: Uint8Array, next: SharedModel): Promise<WsdlChange[]> {
  return diffWsdl(parseWsdl(await unpackDocuments(before)), openKeptModel(next)).changes;
}

export function removeSecrets(documents: readonly WsdlDocument[], secrets: readonly string[]): WsdlDocument[] {
  const sent = compileSecrets(secrets);
  return documents.map((each) => ({ ...each, text: removeEchoes(each.text, sent) }));
}
