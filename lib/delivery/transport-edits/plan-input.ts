import { eq } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { getNodePath } from "#lib/access/nodes/node-path.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { planColumns, type TransportPlan, toTransportPlan } from "#lib/delivery/transports/plan.ts";
import type { TransportInput } from "#lib/delivery/transports/schema.ts";
import type { JoinedTransport } from "#lib/delivery/transports/store.ts";
import { requireNamed } from "#lib/oauth/network/named-route.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { withoutPassword } from "#lib/platform/net/proxy-schema.ts";
import { approveRoute } from "./saving/approve-route.ts";
import { type ConfirmedHosts, checkAssignment, checkTrustedCa } from "./saving/check-settings.ts";
import { takeClientCertificate } from "./saving/client-certificate.ts";
import { toColumns } from "./saving/to-columns.ts";
import { portAddress } from "./update-transport.ts";

/**
 * A plan of a transport that is not saved, checked as if it were, to read its WSDL with. Passwords that were left out are the stored
 * ones, under the same rule as when it is saved: they don't follow the transport to another server.
 * @param stored the transport that is edited, null for a new one.
 * @param confirmed hosts that admins of credentials allow for this plan; they aren't stored.
 * @throws AppError `forbidden`, `invalid_input`, `host_not_allowed`, `not_found` (the node)
 */
export async function planInput(
  ctx: Context,
  id: string,
  entered: TransportInput,
  stored: JoinedTransport | null,
  confirmed: ConfirmedHosts = entered.allowHosts ?? "entered",
  now = new Date(),
): Promise<TransportPlan> {
  const { hosts, ...named } = await inTransaction(async (tx) => {
    requirePermission(ctx, "transports.write", await getNodePath(entered.nodeId, tx));
    checkTrustedCa(entered.trustedCa);
    const hosts = await checkAssignment(tx, ctx, entered, stored?.row.credentialId ?? null, null, confirmed);
    return { hosts, ...(await requireNamed(tx, { ...entered, proxy: withoutPassword(entered.proxy) })) };
  });
  const input = await takeClientCertificate(entered, now);
  const address = stored ? portAddress(stored) : null;
  const columns = toColumns(id, input, stored?.row ?? null, { before: address, after: null }, named.namedCa, now);
  const approval = approveRoute(ctx, id, columns, stored?.row ?? null, input, now);
  const [credential] = columns.credentialId
    ? await getDb().select(planColumns.credential).from(credentials).where(eq(credentials.id, columns.credentialId))
    : [];
  const allowedHosts = [...(credential?.allowedHosts ?? []), ...hosts];
  const planned = credential ? { ...credential, allowedHosts, confirmedHosts: hosts } : null;
  const row = { id, ...columns, ...approval, proxyId: null, version: 1, createdAt: now };
  return toTransportPlan(row, { credential: planned, wsdl: null, ...named });
}
