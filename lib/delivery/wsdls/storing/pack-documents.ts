import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { WsdlDocument } from "#lib/delivery/soap/model.ts";

/** The documents as the table keeps them: a WSDL shrinks to a tenth. */
export function packDocuments(documents: WsdlDocument[]): Promise<Buffer> {
  return promisify(gzip)(JSON.stringify(documents));
}

/** The documents that `packDocuments` packed. */
export async function unpackDocuments(packed: Uint8Array): Promise<WsdlDocument[]> {
  const json = await promisify(gunzip)(packed);
  return JSON.parse(json.toString("utf8")) as WsdlDocument[];
}
