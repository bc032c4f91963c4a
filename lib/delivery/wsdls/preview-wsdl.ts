import { v7 } from "uuid";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { planInput } from "#lib/delivery/transport-edits/plan-input.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { findTransport } from "#lib/delivery/transports/store.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { invalidInput } from "#lib/platform/errors/app-error.ts";
import { atField, readWsdl, summarizeDocuments } from "./loading/read-wsdl.ts";
import type { WsdlPreview } from "./model.ts";
import { type PreviewWsdlInput, previewWsdlInput } from "./schema.ts";

/**
 * Reads the WSDL of a transport that is not saved yet: what services, ports and operations there are to choose from. Nothing is
 * stored but a record in the audit log, if an Authorization is sent.
 * @throws AppError `forbidden`, `not_found`, `invalid_input`, `host_not_allowed`; of reading it, with `soap.wsdlUrl` or
 *   `soap.documents` as the field
 */
export async function previewWsdl(ctx: Context, input: PreviewWsdlInput): Promise<WsdlPreview> {
  const { transportId, ...values } = previewWsdlInput.parse(input);
  const { wsdlUrl, documents } = values.soap;
  if (wsdlUrl === "" && !documents) {
    throw invalidInput([{ field: "soap.wsdlUrl", message: "Enter the WSDL's URL, or upload the WSDL." }]);
  }
  const stored = transportId ? await findTransport(getDb(), transportId) : null;
  if (stored) requirePermission(ctx, "transports.write", stored.nodePath);
  // What is not known yet has no part in reading the WSDL.
  const complete = transportInput.parse({
    ...values,
    name: stored?.row.name ?? "Not saved yet",
    type: "WS_SOAP",
    soap: { wsdlUrl, service: "-", port: "-", endpointUrl: stored?.row.soap?.endpointUrl },
  });
  const plan = await planInput(ctx, transportId ?? v7(), complete, stored);
  const read = await readWsdl(ctx, plan, documents).catch((err) => Promise.reject(atField(err, !!documents)));
  const { source, hash, bytes, services } = read;
  return { source, documents: summarizeDocuments(read.documents), hash, bytes, services };
}
