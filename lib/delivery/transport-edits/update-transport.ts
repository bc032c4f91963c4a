import { and, eq } from "drizzle-orm";
import { transports } from "#drizzle/schema/transports.ts";
import { wsdls } from "#drizzle/schema/wsdls.ts";
import { getNodePath } from "#lib/access/nodes/node-path.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import type { ServiceDescription } from "#lib/delivery/soap/model.ts";
import type { TransportDetail } from "#lib/delivery/transports/model.ts";
import { type TransportInput, type TransportUpdate, transportInput } from "#lib/delivery/transports/schema.ts";
import { findPort } from "#lib/delivery/transports/soap-settings.ts";
import {
  findTransport,
  findTransportUses,
  type JoinedTransport,
  type TransportRow,
  toTransportDetail,
  type WsdlAttempt,
} from "#lib/delivery/transports/store.ts";
import { allowHosts } from "#lib/oauth/credential-edits/allow-hosts.ts";
import { requireNamed } from "#lib/oauth/network/named-route.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { refuseStaleEdit } from "#lib/platform/audit/stale-edit.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { invalidInput } from "#lib/platform/errors/app-error.ts";
import { withoutPassword } from "#lib/platform/net/proxy-schema.ts";
import { audited } from "./create-transport.ts";
import { approveRoute } from "./saving/approve-route.ts";
import { checkAddress, checkPort, decideWsdl, selectPort } from "./saving/check-port.ts";
import {
  type ConfirmedHosts,
  checkAssignment,
  checkHeaderBlocks,
  checkTrustedCa,
  checkUnattended,
} from "./saving/check-settings.ts";
import { takeClientCertificate } from "./saving/client-certificate.ts";
import { rebindToAddress } from "./saving/seal-secrets.ts";
import { toColumns, toInput } from "./saving/to-columns.ts";
import { explainViolation } from "./saving/transport-violations.ts";

export type { ConfirmedHosts };

/**
 * Changes a transport. Moving it to another node needs the permission on both.
 * @param wsdl what came of reading the WSDL of a WS_SOAP transport (lib/delivery/wsdls/save-transport.ts); null keeps the stored one.
 * @throws AppError `forbidden`, `not_found`, `stale_version`, `invalid_input`, `host_not_allowed`, `name_taken`
 */
export async function updateTransport(
  ctx: Context,
  id: string,
  update: TransportUpdate,
  wsdl: WsdlAttempt | null = null,
  now = new Date(),
): Promise<TransportDetail> {
  return inTransaction((tx) => updateTransportIn(tx, ctx, id, update, wsdl, now)).catch((err) => {
    throw explainViolation(err, update.name ?? "that");
  });
}

/** As `updateTransport`, as one part of a larger change. */
export async function updateTransportIn(
  tx: Transaction,
  ctx: Context,
  id: string,
  { version, ...changes }: TransportUpdate,
  wsdl: WsdlAttempt | null = null,
  now = new Date(),
): Promise<TransportDetail> {
  const found = await findTransport(tx, id, true);
  requirePermission(ctx, "transports.write", found.nodePath);
  const uses = await findTransportUses(tx, id, ctx.grants);
  const before = toTransportDetail(found, uses);
  if (version !== found.row.version) throw await refuseStaleEdit(tx, { kind: "transport", id }, version, before);
  const given = await takeClientCertificate(mergeUpdate(found.row, changes), now);
  const { keep, services } = decideWsdl(given, found, wsdl);
  const input = selectPort(given, services);
  if (input.nodeId !== found.row.nodeId) {
    requirePermission(ctx, "transports.write", await getNodePath(input.nodeId, tx));
  }
  checkTrustedCa(input.trustedCa);
  const { namedCa } = await requireNamed(tx, { ...input, proxy: withoutPassword(input.proxy) });
  if (changes.soap) checkHeaderBlocks(input);
  checkTypeChange(found.row, input, uses.usedBy.length + uses.usedElsewhere);
  const address = checkPort(input, services);
  const hosts = await checkAssignment(tx, ctx, input, found.row.credentialId, address, confirmedBy(changes));
  await checkUnattended(tx, id, input);
  const shown = input.clientCertificate === undefined ? found.row.clientCertificate : input.clientCertificate;
  checkAddress(input, address, Boolean(shown));
  const addresses = { before: portAddress(found), after: address };
  const columns = toColumns(id, input, found.row, addresses, namedCa, now);
  const approval = approveRoute(ctx, id, columns, found.row, changes, now);
  await tx
    .update(transports)
    .set({ ...columns, ...approval, version: version + 1 })
    .where(and(eq(transports.id, id), eq(transports.version, version)));
  if (columns.credentialId) await allowHosts(tx, ctx, columns.credentialId, hosts);
  if (keep === "none") await tx.delete(wsdls).where(eq(wsdls.transportId, id));
  else if (keep !== "stored") await keep.store(tx, id, now);
  const after = toTransportDetail(await findTransport(tx, id), uses);
  const target = { kind: "transport", id, name: after.name };
  await recordAudit(tx, ctx, {
    action: "transport.update",
    target,
    before: audited(before),
    after: audited(after),
  });
  await bumpChanges(tx);
  return after;
}

/** The hosts that an edit allows: an admin who changes something else allows none. */
export function confirmedBy({ allowHosts: hosts, ...changes }: Omit<TransportUpdate, "version">): ConfirmedHosts {
  const { authorization, http, soap } = changes;
  return hosts ?? (authorization || http || soap ? "entered" : []);
}

/**
 * A stored transport with what changes, as a form would send it.
 * @throws AppError `invalid_input`
 */
export function mergeUpdate(row: TransportRow, changes: Omit<TransportUpdate, "version">): TransportInput {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const merged = transportInput.safeParse({ ...toInput(row), ...given });
  if (merged.success) return merged.data;
  throw invalidInput(merged.error.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message })));
}

/**
 * Checks that a stored transport can use a WSDL that offers other services, which allows no new hosts, and binds its secrets to where
 * the WSDL leads. The transport is locked until the transaction ends.
 * @throws AppError `not_found`, `forbidden`, `invalid_input`, `host_not_allowed`
 */
export async function checkServices(
  tx: Transaction,
  ctx: Context,
  id: string,
  services: readonly ServiceDescription[],
): Promise<JoinedTransport> {
  const found = await findTransport(tx, id, true);
  requirePermission(ctx, "transports.write", found.nodePath);
  const input = mergeUpdate(found.row, {});
  const address = checkPort(input, services);
  await checkAssignment(tx, ctx, input, found.row.credentialId, address, []);
  checkAddress(input, address, found.row.clientCertificate !== null);
  await rebindToAddress(tx, found.row, { before: portAddress(found), after: address });
  return found;
}

/** A trigger's request fits one type only, so a transport in use keeps its type. */
function checkTypeChange(row: TransportRow, input: TransportInput, uses: number): void {
  if (input.type === row.type || uses === 0) return;
  const message = `The type can't change while ${uses === 1 ? "a trigger uses" : `${uses} triggers use`} this transport.`;
  throw invalidInput([{ field: "type", message }]);
}

/** Where the WSDL that is stored says that calls go. */
export function portAddress({ row, wsdl }: Pick<JoinedTransport, "row" | "wsdl">): string | null {
  return row.soap && wsdl ? (findPort(wsdl.services, row.soap)?.address ?? null) : null;
}
