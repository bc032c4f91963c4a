import { eq, inArray, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { wsdls } from "#drizzle/schema/wsdls.ts";
import type { ServiceDescription } from "#lib/delivery/soap/model.ts";
import { asSystem } from "#lib/platform/audit/actor.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { isHostAllowed, toHostEntry } from "#lib/platform/net/hosts.ts";
import { hashRoute, needsApproval } from "./route.ts";
import { readSoapSettings, resolvePort } from "./soap/settings.ts";
import type { TransportRow } from "./store.ts";

/** Who changes rows of older versions. */
export const upgrade = asSystem("Sallyport (upgrade)");

type Credential = Pick<typeof credentials.$inferSelect, "id" | "name" | "type" | "allowedHosts">;

/**
 * Keeps what was in use before routes needed an approval and http had to be allowed: approves the routes of the transports
 * that the migration marked, and allows their http hosts. The audit log lists both.
 */
export async function adoptDestinations(now = new Date()): Promise<void> {
  await inTransaction(async (tx) => {
    const marked = await tx
      .select({ row: transports, services: wsdls.services })
      .from(transports)
      .leftJoin(wsdls, eq(wsdls.transportId, transports.id))
      .where(sql`${transports.routeApproval} -> 'hash' = 'null'`)
      .orderBy(transports.id)
      .for("update", { of: transports });
    if (marked.length === 0) return;
    for (const { row } of marked) await adoptRoute(tx, row, now);
    const ids = marked.flatMap(({ row }) => row.credentialId ?? []);
    const { id, name, type, allowedHosts } = credentials;
    const used =
      ids.length === 0
        ? []
        : await tx
            .select({ id, name, type, allowedHosts })
            .from(credentials)
            .where(inArray(id, ids))
            .orderBy(id)
            .for("update");
    for (const credential of used) {
      const own = marked.filter(({ row }) => row.credentialId === credential.id);
      await allowHosts(
        tx,
        credential,
        own.flatMap(({ row, services }) => listUrls(row, services ?? [])),
      );
    }
    await bumpChanges(tx);
  });
}

/** Approves the route of a transport that is in use, if it needs an approval. */
export async function adoptRoute(tx: Transaction, row: TransportRow, now: Date): Promise<void> {
  const isNeeded = needsApproval(row);
  const routeApproval = isNeeded ? { hash: hashRoute(row), by: upgrade.actor.name, at: now.toISOString() } : null;
  await tx.update(transports).set({ routeApproval }).where(eq(transports.id, row.id));
  if (!isNeeded) return;
  await recordAudit(tx, upgrade, {
    action: "transport.approve-route",
    target: { kind: "transport", id: row.id, name: row.name },
    after: { proxy: row.proxy, trustedCa: row.trustedCa },
  });
}

async function allowHosts(tx: Transaction, credential: Credential, urls: string[]): Promise<void> {
  const { id, name, type, allowedHosts: before } = credential;
  if (type === "user" && before.length === 0) return;
  const used = urls.filter((url) => isHostAllowed(overTls(url), before));
  const lost = used.filter((url) => !isHostAllowed(url, before));
  if (lost.length === 0) return;
  // An empty list allowed every host. Now it names those in use.
  const added = before.length === 0 ? used : lost;
  const allowedHosts = [...before, ...new Set(added.map(toHostEntry))];
  await tx.update(credentials).set({ allowedHosts }).where(eq(credentials.id, id));
  const target = { kind: "credential", id, name };
  const action = "credential.allow-hosts";
  await recordAudit(tx, upgrade, { action, target, before: { allowedHosts: before }, after: { allowedHosts } });
}

/** The same server, as it was compared when the scheme didn't count. */
function overTls(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `https://${hostname}:${port || (protocol === "http:" ? 80 : 443)}`;
}

function listUrls({ http, soap }: TransportRow, services: readonly ServiceDescription[]): string[] {
  const endpoint = soap ? resolvePort(readSoapSettings(soap), services).endpoint : null;
  return [http?.url ?? "", soap?.wsdlUrl ?? "", endpoint ?? ""].filter((url) => URL.canParse(url));
}
