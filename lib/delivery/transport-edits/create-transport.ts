import { v7 } from "uuid";
import { transports } from "#drizzle/schema/transports.ts";
import { getNodePath } from "#lib/access/nodes/node-path.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { noUses, type TransportDetail } from "#lib/delivery/transports/model.ts";
import type { TransportInput } from "#lib/delivery/transports/schema.ts";
import { findTransport, toTransportDetail, type WsdlAttempt } from "#lib/delivery/transports/store.ts";
import { allowHosts } from "#lib/oauth/credential-edits/allow-hosts.ts";
import { requireNamed } from "#lib/oauth/network/named-route.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { withoutPassword } from "#lib/platform/net/proxy-schema.ts";
import { approveRoute } from "./saving/approve-route.ts";
import { checkAddress, checkPort, decideWsdl, selectPort } from "./saving/check-port.ts";
import { checkAssignment, checkHeaderBlocks, checkTrustedCa } from "./saving/check-settings.ts";
import { takeClientCertificate } from "./saving/client-certificate.ts";
import { toColumns } from "./saving/to-columns.ts";
import { explainViolation } from "./saving/transport-violations.ts";

/**
 * Adds a transport to a node.
 * @param wsdl what came of reading the WSDL of a WS_SOAP transport (lib/delivery/wsdls/save-transport.ts).
 * @throws AppError `forbidden`, `invalid_input`, `host_not_allowed`, `name_taken`, `not_found` (the node)
 */
export async function createTransport(
  ctx: Context,
  entered: TransportInput,
  wsdl: WsdlAttempt | null = null,
  now = new Date(),
): Promise<TransportDetail> {
  return inTransaction(async (tx) => {
    requirePermission(ctx, "transports.write", await getNodePath(entered.nodeId, tx));
    const given = await takeClientCertificate(entered, now);
    checkTrustedCa(given.trustedCa);
    const { namedCa } = await requireNamed(tx, { ...given, proxy: withoutPassword(given.proxy) });
    checkHeaderBlocks(given);
    const { keep, services } = decideWsdl(given, null, wsdl);
    const input = selectPort(given, services);
    const address = checkPort(input, services);
    const hosts = await checkAssignment(tx, ctx, input, null, address, input.allowHosts ?? "entered");
    checkAddress(input, address, Boolean(input.clientCertificate));
    const id = v7();
    const columns = toColumns(id, input, null, { before: null, after: address }, namedCa, now);
    const approval = approveRoute(ctx, id, columns, null, input, now);
    await tx.insert(transports).values({ id, ...columns, ...approval, createdAt: now });
    if (columns.credentialId) await allowHosts(tx, ctx, columns.credentialId, hosts);
    if (typeof keep !== "string") await keep.store(tx, id, now);
    const created = toTransportDetail(await findTransport(tx, id), noUses);
    const target = { kind: "transport", id, name: created.name };
    await recordAudit(tx, ctx, { action: "transport.create", target, after: audited(created) });
    await bumpChanges(tx);
    return created;
  }).catch((err) => {
    throw explainViolation(err, entered.name);
  });
}

/** What the audit log keeps of a transport: of its WSDL which one it is, not what it offers. */
export function audited({ wsdl, ...settings }: TransportDetail): Record<string, unknown> {
  if (!wsdl) return settings;
  const { services: _, ...kept } = wsdl;
  return { ...settings, wsdl: kept };
}
