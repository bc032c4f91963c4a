import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { getDb } from "#lib/platform/db/client.ts";
import type { TransportDetail } from "./model.ts";
import { findTransport, findTransportUses, toTransportDetail } from "./store.ts";

/**
 * One transport and the triggers that use it.
 * @throws AppError `not_found`, `forbidden`
 */
export async function getTransport(ctx: Context, id: string): Promise<TransportDetail> {
  const found = await findTransport(getDb(), id);
  requirePermission(ctx, "transports.read", found.nodePath);
  return toTransportDetail(found, await findTransportUses(getDb(), id));
}
