import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import type { OperationDescription } from "#lib/delivery/soap/model.ts";
import { describeUntrusted } from "#lib/delivery/soap/untrusted.ts";
import { findTransport, type JoinedTransport } from "#lib/delivery/transports/store.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import type { TransportOperations } from "./model.ts";
import type { OperationQuery } from "./schema.ts";
import { getCompiledWsdl } from "./storing/compiled-wsdl.ts";

/**
 * What the WSDL of a transport offers, as it was read last.
 * @throws AppError `not_found`, `forbidden`, `transport_unusable` when there is no WSDL
 */
export async function listOperations(ctx: Context, transportId: string): Promise<TransportOperations> {
  const { row, wsdl } = await findReadable(ctx, transportId);
  return { service: row.soap?.service ?? "", port: row.soap?.port ?? "", services: wsdl?.services ?? [] };
}

/**
 * One operation of a transport's port: the elements of its input and output, for a form.
 * @throws AppError `not_found` (the transport or the operation), `forbidden`, `transport_unusable` when there is no WSDL
 */
export async function describeTransportOperation(
  ctx: Context,
  transportId: string,
  { operation }: OperationQuery,
): Promise<OperationDescription> {
  const { row, wsdl } = await findReadable(ctx, transportId);
  const { hash, bytes } = wsdl!;
  const compiled = await getCompiledWsdl(transportId, { hash: hash!, bytes });
  const { service = "", port = "" } = row.soap ?? {};
  return describeUntrusted(compiled, { service, port, operation }, bytes);
}

async function findReadable(ctx: Context, transportId: string): Promise<JoinedTransport> {
  const found = await findTransport(getDb(), transportId);
  requirePermission(ctx, "transports.read", found.nodePath);
  if (found.wsdl?.hash) return found;
  const why = found.wsdl?.failure ? `: ${found.wsdl.failure.message}` : ".";
  throw new AppError("transport_unusable", `The WSDL of ${found.row.name} has not been read yet${why}`, {
    hint: "Read it again on the page of the transport.",
  });
}
