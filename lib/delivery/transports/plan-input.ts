import { eq } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { getNodePath } from "#lib/access/nodes/node-path.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { requireNamed } from "#lib/oauth/network/named-route.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { withoutPassword } from "#lib/platform/net/proxy-schema.ts";
import { planColumns, type TransportPlan, toTransportPlan } from "./plan.ts";
import { approveRoute } from "./saving/approve-route.ts";
import { checkAssignment, checkTrustedCa } from "./saving/check-settings.ts";
import { takeClientCertificate } from "./saving/client-certificate.ts";
import { toColumns } from "./saving/to-columns.ts";
import type { TransportInput } from "./schema.ts";
import type { JoinedTransport } from "./store.ts";
import { portAddress } from "./update-transport.ts";

/**
 * A plan of a transport that is not saved, checked as if it were, to read its WSDL with. Passwords that were left out are the stored
 * ones, under the same rule as when it is saved: they don't follow the transport to another server.
 * @param stored the transport that is edited, null for a new one.
 * @throws AppError `forbidden`, `invalid_input`, `host_not_allowed`, `not_found` (the node)
 */
export async function planInput(
  ctx: Context,
  id: string,
  entered: TransportInput,
  stored: JoinedTransport | null,
  now = new Date(),
): Promise<TransportPlan> {
  const named = await inTransaction(async (tx) => {
    requirePermission(ctx, "transports.write", await getNodePath(entered.nodeId, tx));
    checkTrustedCa(entered.trustedCa);
    await checkAssignment(tx, ctx, entered, stored?.row.credentialId ?? null);
    return requireNamed(tx, { ...entered, proxy: withoutPassword(entered.proxy) });
  });
  const input = await takeClientCertificate(entered, now);
  const address = stored ? portAddress(stored) : null;
  const columns = toColumns(id, input, stored?.row ?? null, { before: address, after: null }, named.namedCa, now);
  const routeApproval = approveRoute(ctx, columns, stored?.row ?? null, input, now);
  const [credential] = columns.credentialId
    ? await getDb().select(planColumns.credential).from(credentials).where(eq(credentials.id, columns.credentialId))
    : [];
  const row = { id, ...columns, proxyId: null, routeApproval, version: 1, createdAt: now };
  return toTransportPlan(row, { credential: credential ?? null, wsdl: null, ...named });
}
