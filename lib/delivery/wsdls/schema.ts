import { z } from "zod";
import { soapFields } from "#lib/delivery/transports/definition.ts";
import { wsdlSource } from "#lib/delivery/transports/schema.ts";

/**
 * What of a WS_SOAP transport its WSDL is read with, to look at it before the transport is saved; a form may send all that it
 * holds. Passwords that are left out are those of the stored transport `transportId`.
 */
export const previewWsdlInput = wsdlSource.extend({ transportId: z.uuid().optional() });
export type PreviewWsdlInput = z.input<typeof previewWsdlInput>;

/** Reads a stored transport's WSDL again, or takes other uploaded documents in its place. */
export const reloadWsdlInput = z.object({
  /** False only tells what would change. */
  apply: z.boolean().default(true),
  /** Stores what was read only if it is this one: what was looked at before. */
  expectedHash: z.string().max(64).optional(),
  /** In place of the stored ones, for a WSDL that was uploaded. */
  documents: soapFields.documents,
});
export type ReloadWsdlInput = z.input<typeof reloadWsdlInput>;

export const operationQuery = z.object({ operation: z.string().min(1).max(200) });
export type OperationQuery = z.infer<typeof operationQuery>;
