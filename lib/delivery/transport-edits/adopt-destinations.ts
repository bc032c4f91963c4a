import { and, eq, inArray, or, type SQL, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { wsdls } from "#drizzle/schema/wsdls.ts";
import type { ServiceDescription } from "#lib/delivery/soap/model.ts";
import { hashRoute, needsApproval, sealApproval } from "#lib/delivery/transports/route.ts";
import { readSoapSettings, resolvePort } from "#lib/delivery/transports/soap-settings.ts";
import type { TransportRow } from "#lib/delivery/transports/store.ts";
import { allowHosts } from "#lib/oauth/credential-edits/allow-hosts.ts";
import { asSystem } from "#lib/platform/audit/actor.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { getBindingStage } from "#lib/platform/crypto/binding.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { isHostAllowed, isProtectedUrl, toHostEntry } from "#lib/platform/net/hosts.ts";

/** Who changes rows of older versions. */
export const upgrade = asSystem("Sallyport (upgrade)");

const isPending = eq(credentials.hostsState, "pending");

/**
 * Keeps what was in use before routes needed an approval, http had to be allowed, and an empty list of hosts allowed none:
 * approves the routes of the transports that a migration marked, and allows the hosts that marked credentials and transports
 * use. The audit log lists both.
 */
export async function adoptDestinations(now = new Date()): Promise<void> {
  // Afterwards, a mark is one that was put into the database.
  if (getBindingStage() === "bound") return;
  await inTransaction(async (tx) => {
    const marked = await tx
      .select({ row: transports, services: wsdls.services })
      .from(transports)
      .leftJoin(wsdls, eq(wsdls.transportId, transports.id))
      .where(sql`${transports.routeApproval} -> 'hash' = 'null'`)
      .orderBy(transports.id)
      .for("update", { of: transports });
    for (const { row } of marked) await adoptRoute(tx, row, now);
    const ids = marked.flatMap(({ row }) => row.credentialId ?? []);
    await adoptHostsOf(tx, or(inArray(credentials.id, ids), isPending), marked);
    if (marked.length > 0) await bumpChanges(tx);
  });
}

/** Lists the hosts that a credential's transports use, if it's from a version in which an empty list allowed all of them. */
export async function adoptHosts(tx: Transaction, id: string): Promise<void> {
  await adoptHostsOf(tx, and(eq(credentials.id, id), isPending), []);
}

/** Approves the route of a transport that is in use, if it needs an approval. */
export async function adoptRoute(tx: Transaction, row: TransportRow, now: Date): Promise<void> {
  const isNeeded = needsApproval(row);
  const approval = isNeeded
    ? sealApproval(row.id, { hash: hashRoute(row), by: upgrade.actor.name, at: now.toISOString() })
    : { routeApproval: null };
  await tx.update(transports).set(approval).where(eq(transports.id, row.id));
  if (!isNeeded) return;
  await recordAudit(tx, upgrade, {
    action: "transport.approve-route",
    target: { kind: "transport", id: row.id, name: row.name },
    after: { proxy: row.proxy, trustedCa: row.trustedCa },
  });
}

/** @param marked transports whose tokens went out when the scheme didn't count. */
async function adoptHostsOf(tx: Transaction, where: SQL | undefined, marked: Used[]): Promise<void> {
  const { id, type, allowedHosts, hostsState } = credentials;
  const found = await tx
    .select({ id, type, allowedHosts, hostsState })
    .from(credentials)
    .where(where)
    .orderBy(id)
    .for("update");
  const pending = found.filter((each) => each.hostsState === "pending");
  const open = pending.filter((each) => allowsAll(each));
  // The credentials are locked, so no transport starts to use one meanwhile.
  const used = await selectUsed(
    tx,
    open.map((each) => each.id),
  );
  const [markedOf, usedOf] = [groupByCredential(marked), groupByCredential(used)];
  for (const credential of found) {
    const before = credential.allowedHosts;
    const urls = [
      ...listUrls(markedOf.get(credential.id)).filter(
        (url) => allowsAll(credential) || isHostAllowed(overTls(url), before),
      ),
      ...listUrls(usedOf.get(credential.id)).filter((url) => isProtectedUrl(new URL(url))),
    ];
    const lost = urls.filter((url) => !isHostAllowed(url, before));
    await allowHosts(tx, upgrade, credential.id, lost.map(toHostEntry));
  }
  if (pending.length === 0) return;
  const idsOf = (some: typeof pending) => some.map((each) => each.id);
  await tx
    .update(credentials)
    .set({ hostsState: "entered" })
    .where(inArray(id, idsOf(pending)));
  await tx
    .update(credentials)
    .set({ hostsState: "derived" })
    .where(inArray(id, idsOf(open)));
  await bumpChanges(tx);
}

/** Whether an empty list allowed every host. */
function allowsAll({ type, allowedHosts }: Pick<typeof credentials.$inferSelect, "type" | "allowedHosts">): boolean {
  return type === "application" && allowedHosts.length === 0;
}

type Used = { row: TransportRow; services: ServiceDescription[] | null };

function selectUsed(tx: Transaction, credentialIds: string[]): Promise<Used[]> {
  return tx
    .select({ row: transports, services: wsdls.services })
    .from(transports)
    .leftJoin(wsdls, eq(wsdls.transportId, transports.id))
    .where(inArray(transports.credentialId, credentialIds))
    .orderBy(transports.id);
}

/** The same server, as it was compared when the scheme didn't count. */
function overTls(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `https://${hostname}:${port || (protocol === "http:" ? 80 : 443)}`;
}

function groupByCredential(used: Used[]) {
  return Map.groupBy(used, ({ row }) => row.credentialId);
}

function listUrls(used: Used[] = []): string[] {
  const urls = used.flatMap(({ row: { http, soap }, services }) => [
    http?.url ?? "",
    soap?.wsdlUrl ?? "",
    soap ? (resolvePort(readSoapSettings(soap), services ?? []).endpoint ?? "") : "",
  ]);
  return urls.filter((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol));
}
