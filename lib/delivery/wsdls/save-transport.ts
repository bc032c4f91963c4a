import { v7 } from "uuid";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { planInput } from "#lib/delivery/transport-edits/plan-input.ts";
import {
  type ConfirmedHosts,
  confirmedBy,
  mergeUpdate,
  updateTransport,
} from "#lib/delivery/transport-edits/update-transport.ts";
import type { TransportDetail } from "#lib/delivery/transports/model.ts";
import type { TransportInput, TransportUpdate } from "#lib/delivery/transports/schema.ts";
import { findTransport, type JoinedTransport, type WsdlAttempt } from "#lib/delivery/transports/store.ts";
import { getDb } from "#lib/platform/db/client.ts";
import type { ErrorCode } from "#lib/platform/errors/app-error.ts";
import { atField, readWsdl } from "./loading/read-wsdl.ts";
import { writeWsdl } from "./storing/wsdl-store.ts";

/** The WSDL itself is to blame: saving it would make no sense. Anything else is kept beside the transport, to be tried again. */
const refused: ErrorCode[] = ["wsdl_invalid", "wsdl_too_large", "wsdl_import_refused", "internal"];
/** An edit of one of these may make a WSDL readable that was not. */
const relevant = [
  "soap",
  "authorization",
  "proxy",
  "trustedCa",
  "trustedCaId",
  "clientCertificate",
  "connectTimeoutMs",
  "timeoutMs",
] as const;

/**
 * Adds a transport and, for WS_SOAP, reads its WSDL first. A WSDL whose server does not answer is no error: the transport says why,
 * and can be told to read it again.
 * @throws AppError as `createTransport`; `wsdl_invalid`, `wsdl_too_large`, `wsdl_import_refused`
 */
export async function createTransportWithWsdl(ctx: Context, input: TransportInput): Promise<TransportDetail> {
  if (input.type !== "WS_SOAP" || !hasWsdl(input)) return createTransport(ctx, input);
  return createTransport(ctx, input, await attemptRead(ctx, v7(), input, null, input.allowHosts ?? "entered"));
}

/**
 * Changes a transport and reads the WSDL first where the edit leads to another one, or may make it readable.
 * @throws AppError as `updateTransport`; `wsdl_invalid`, `wsdl_too_large`, `wsdl_import_refused`
 */
export async function updateTransportWithWsdl(
  ctx: Context,
  id: string,
  update: TransportUpdate,
): Promise<TransportDetail> {
  const { version, ...changes } = update;
  if (!relevant.some((name) => changes[name] !== undefined) && !changes.type) return updateTransport(ctx, id, update);
  const stored = await findTransport(getDb(), id);
  requirePermission(ctx, "transports.write", stored.nodePath);
  const input = version === stored.row.version ? mergeUpdate(stored.row, changes) : null;
  if (input?.type !== "WS_SOAP" || !mustRead(input, stored)) return updateTransport(ctx, id, update);
  return updateTransport(ctx, id, update, await attemptRead(ctx, id, input, stored, confirmedBy(changes)));
}

type SoapTransportInput = Extract<TransportInput, { type: "WS_SOAP" }>;

function hasWsdl({ soap }: SoapTransportInput): boolean {
  return soap.wsdlUrl !== "" || soap.documents !== undefined;
}

function mustRead(input: SoapTransportInput, { row, wsdl }: JoinedTransport): boolean {
  if (!hasWsdl(input)) return false;
  return input.soap.documents !== undefined || input.soap.wsdlUrl !== row.soap?.wsdlUrl || !wsdl?.hash;
}

async function attemptRead(
  ctx: Context,
  id: string,
  input: SoapTransportInput,
  stored: JoinedTransport | null,
  confirmed: ConfirmedHosts,
): Promise<WsdlAttempt> {
  const { documents, wsdlUrl } = input.soap;
  const plan = await planInput(ctx, id, input, stored, confirmed);
  try {
    const read = await readWsdl(ctx, plan, documents);
    return { services: read.services, store: (tx, transportId, now) => writeWsdl(tx, transportId, read, now) };
  } catch (err) {
    const failure = atField(err, documents !== undefined);
    if (documents || refused.includes(failure.code)) throw failure;
    const failed = { source: "url" as const, entry: new URL(wsdlUrl).href, failure };
    return { services: null, store: (tx, transportId, now) => writeWsdl(tx, transportId, failed, now) };
  }
}
