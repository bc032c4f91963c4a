import { and, asc, eq, inArray } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { wsdls } from "#drizzle/schema/wsdls.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import { wsdlColumns } from "#lib/delivery/transports/soap-settings.ts";
import { findTransport, type JoinedTransport } from "#lib/delivery/transports/store.ts";
import { allowHosts } from "#lib/oauth/credential-edits/allow-hosts.ts";
import { listMissingHosts, type MissingHost } from "#lib/oauth/credentials/allowed-hosts.ts";
import { readReach } from "#lib/oauth/credentials/token-reach.ts";
import { type Database, getDb, inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";
import { adoptHosts } from "./adopt-destinations.ts";
import { listTargets } from "./saving/check-settings.ts";
import { portAddress } from "./update-transport.ts";

/**
 * The hosts that the transports of one credential would need another one to allow, or the same one; of transports that the
 * caller can see.
 * @throws AppError `forbidden`, `not_found`
 */
export async function listHostsToAllow(ctx: Context, from: string, to = from): Promise<MissingHost[]> {
  requirePermission(ctx, "credentials.assign");
  const destinations = await findDestinations(getDb(), to);
  const isSeen = isWithinNodes(nodes.path, allowedNodes(ctx.grants, "transports.read"));
  const rows = await getDb()
    .select({ row: transports, wsdl: wsdlColumns })
    .from(transports)
    .innerJoin(nodes, eq(nodes.id, transports.nodeId))
    .leftJoin(wsdls, eq(wsdls.transportId, transports.id))
    .where(and(eq(transports.credentialId, from), isSeen))
    .orderBy(asc(transports.id))
    .limit(1000);
  return listMissingHosts(destinations, rows.flatMap(listUrls));
}

/**
 * Lists the hosts that the transports of several credentials need them to allow; of transports that the caller can see. Credentials
 * that lack none are left out.
 * @throws AppError `forbidden`
 */
export async function listHostsOfCredentials(
  ctx: Context,
  ids: readonly string[],
): Promise<{ id: string; hosts: MissingHost[] }[]> {
  requirePermission(ctx, "credentials.write");
  const { id, type, allowedHosts, hostsState } = credentials;
  const rows = await getDb()
    .select({ credential: { id, type, allowedHosts, hostsState }, row: transports, wsdl: wsdlColumns })
    .from(transports)
    .innerJoin(credentials, eq(credentials.id, transports.credentialId))
    .innerJoin(nodes, eq(nodes.id, transports.nodeId))
    .leftJoin(wsdls, eq(wsdls.transportId, transports.id))
    .where(
      and(
        inArray(transports.credentialId, [...ids]),
        isWithinNodes(nodes.path, allowedNodes(ctx.grants, "transports.read")),
      ),
    )
    .orderBy(asc(transports.id))
    .limit(1000);
  return [...Map.groupBy(rows, ({ credential }) => credential.id)]
    .map(([id, used]) => ({ id, hosts: listMissingHosts(readReach(used[0]!.credential), used.flatMap(listUrls)) }))
    .filter(({ hosts }) => hosts.length > 0);
}

/**
 * Allows hosts for a credential that the caller confirmed, in addition to those that it allows.
 * @param confirmed `hosts` in any case; `needed` if its transports need them.
 * @throws AppError `forbidden`, `not_found`, `invalid_input`
 */
export async function allowHostsOfCredential(
  ctx: Context,
  id: string,
  confirmed: { hosts: readonly string[]; needed: readonly string[] },
): Promise<void> {
  const [lacking] = await listHostsOfCredentials(ctx, [id]);
  const needed = (lacking?.hosts ?? []).map(({ entry }) => entry);
  await inTransaction(async (tx) => {
    // An open list of an earlier version would be cut down to the confirmed hosts otherwise.
    await adoptHosts(tx, id);
    await findDestinations(tx, id);
    await allowHosts(tx, ctx, id, [...confirmed.hosts, ...needed.filter((entry) => confirmed.needed.includes(entry))]);
    await tx.update(credentials).set({ hostsState: "entered" }).where(eq(credentials.id, id));
  });
}

/**
 * The hosts that a transport needs its credential to allow.
 * @throws AppError `forbidden`, `not_found`
 */
export async function listHostsOfTransport(ctx: Context, id: string): Promise<MissingHost[]> {
  const found = await findTransport(getDb(), id);
  requirePermission(ctx, "transports.read", found.nodePath);
  return listHostsOf(getDb(), found);
}

/**
 * Allows the hosts that a transport needs, of those that the caller confirmed.
 * @throws AppError `forbidden`, `not_found`
 */
export async function allowHostsOfTransport(ctx: Context, id: string, confirmed: readonly string[]): Promise<void> {
  requirePermission(ctx, "credentials.write");
  await inTransaction(async (tx) => {
    const found = await findTransport(tx, id, true);
    const needed = (await listHostsOf(tx, found)).map(({ entry }) => entry);
    const { credentialId } = found.row;
    if (credentialId)
      await allowHosts(
        tx,
        ctx,
        credentialId,
        needed.filter((entry) => confirmed.includes(entry)),
      );
  });
}

async function listHostsOf(db: Database | Transaction, found: JoinedTransport): Promise<MissingHost[]> {
  const { credentialId } = found.row;
  return credentialId ? listMissingHosts(await findDestinations(db, credentialId), listUrls(found)) : [];
}

async function findDestinations(db: Database | Transaction, id: string) {
  const { type, allowedHosts, hostsState } = credentials;
  const [found] = await db.select({ type, allowedHosts, hostsState }).from(credentials).where(eq(credentials.id, id));
  if (!found) throw notFound("credential", id);
  return readReach(found);
}

function listUrls(transport: Pick<JoinedTransport, "row" | "wsdl">): string[] {
  return listTargets(transport.row, portAddress(transport)).map(({ url }) => url);
}
