import { and, eq, getTableColumns, or, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { proxies } from "#drizzle/schema/proxies.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { refuseStaleEdit } from "#lib/platform/audit/stale-edit.ts";
import { proxyAad } from "#lib/platform/crypto/aad.ts";
import { openSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { type Database, getDb, inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { containsText } from "#lib/platform/db/contains.ts";
import { keyset, type Page, toPage } from "#lib/platform/db/keyset.ts";
import { dropUndefined, pickFields, readRow } from "#lib/platform/definitions/rows.ts";
import { invalidInput, notFound } from "#lib/platform/errors/app-error.ts";
import { type ProxyDetail, type ProxySummary, proxyDetail, proxyFields, proxySummary } from "./definition.ts";
import { type ProxyFields, type ProxyQuery, type ProxyUpdate, proxyQuery } from "./schema.ts";
import { requireRoom, toNameTaken } from "./storing/limits.ts";
import { countUses, findNetworkUses, noUses, requireUnused } from "./storing/uses.ts";

type Row = typeof proxies.$inferSelect;
const { passwordEnvelope: _, ...openColumns } = getTableColumns(proxies);

/**
 * Lists named proxies, by name.
 * @throws AppError `forbidden`
 */
export async function listProxies(ctx: Context, query: ProxyQuery = {}): Promise<Page<ProxySummary>> {
  requirePermission(ctx, "network.read");
  const { q, sort, cursor, limit } = proxyQuery.parse(query);
  const position = sql<string>`lower(${proxies.name})`;
  const { where, orderBy } = keyset(position, proxies.id, sort === "name" ? "asc" : "desc", cursor);
  const rows = await getDb()
    .select({ ...openColumns, usedBy: countUses("proxyId", sql`proxies.id`), position })
    .from(proxies)
    .where(and(where, q ? or(containsText(proxies.name, q), containsText(proxies.url, q)) : undefined))
    .orderBy(...orderBy)
    .limit(limit + 1);
  const page = toPage(rows, limit, (row) => ({ value: row.position, id: row.id }));
  return { ...page, items: page.items.map((row) => readRow(proxySummary, row)) };
}

/**
 * Reads a named proxy, without its password, with what uses it.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getProxy(ctx: Context, id: string): Promise<ProxyDetail> {
  requirePermission(ctx, "network.read");
  const row = await findProxy(getDb(), id);
  return readRow(proxyDetail, { ...row, ...(await findNetworkUses(getDb(), "proxyId", id, ctx.grants)) });
}

/**
 * Adds a named proxy.
 * @throws AppError `forbidden`, `name_taken`, `conflict` if there are too many
 */
export async function createProxy(ctx: Context, input: ProxyFields): Promise<ProxyDetail> {
  requirePermission(ctx, "network.write");
  const id = v7();
  return inTransaction(async (tx) => {
    await requireRoom(tx, proxies, "proxies");
    await tx.insert(proxies).values({ id, ...toColumns(id, input, input.password ?? "") });
    const created = await findProxy(tx, id);
    const target = { kind: "proxy", id, name: created.name };
    await recordAudit(tx, ctx, { action: "proxy.create", target, after: audited(created) });
    await bumpChanges(tx);
    return readRow(proxyDetail, { ...created, ...noUses });
  }).catch((err) => {
    throw toNameTaken(err, "proxy", input.name);
  });
}

/**
 * Changes a named proxy for everything that uses it. Its stored password isn't sent to another server.
 * @throws AppError `forbidden`, `not_found`, `stale_version`, `invalid_input`, `name_taken`, `secret_unreadable`
 */
export async function updateProxy(
  ctx: Context,
  id: string,
  { version, ...changes }: ProxyUpdate,
  now = new Date(),
): Promise<ProxyDetail> {
  requirePermission(ctx, "network.write");
  return inTransaction(async (tx) => {
    const before = await findProxy(tx, id, true);
    const uses = await findNetworkUses(tx, "proxyId", id, ctx.grants);
    if (before.version !== version) {
      const current = readRow(proxyDetail, { ...before, ...uses });
      throw await refuseStaleEdit(tx, { kind: "proxy", id }, version, current);
    }
    const merged = { ...pickFields(proxyFields, before), ...dropUndefined(changes) } as ProxyFields;
    const password = keepPassword(before, merged, changes);
    const columns = toColumns(id, merged, password, now);
    const passwordSetAt = changes.password === undefined ? before.passwordSetAt : columns.passwordSetAt;
    await tx
      .update(proxies)
      .set({ ...columns, passwordSetAt, updatedAt: now, version: version + 1 })
      .where(eq(proxies.id, id));
    const after = await findProxy(tx, id);
    await recordAudit(tx, ctx, {
      action: "proxy.update",
      target: { kind: "proxy", id, name: after.name },
      before: audited(before),
      after: audited(after, changes.password),
    });
    await bumpChanges(tx);
    return readRow(proxyDetail, { ...after, ...uses });
  }).catch((err) => {
    throw toNameTaken(err, "proxy", changes.name ?? "");
  });
}

/**
 * Deletes a named proxy that nothing uses.
 * @throws AppError `forbidden`, `not_found`, `in_use` with `details.usedBy`
 */
export async function deleteProxy(ctx: Context, id: string): Promise<void> {
  requirePermission(ctx, "network.write");
  await inTransaction(async (tx) => {
    // While the row is locked, nothing can start to use it.
    const before = await findProxy(tx, id, true);
    requireUnused(`The proxy ${before.name}`, await findNetworkUses(tx, "proxyId", id, ctx.grants));
    await tx.delete(proxies).where(eq(proxies.id, id));
    const target = { kind: "proxy", id, name: before.name };
    await recordAudit(tx, ctx, { action: "proxy.delete", target, before: audited(before) });
    await bumpChanges(tx);
  });
}

async function findProxy(db: Database | Transaction, id: string, lock = false): Promise<Row> {
  const query = db.select().from(proxies).where(eq(proxies.id, id));
  const [row] = await (lock ? query.for("update") : query);
  if (!row) throw notFound("proxy", id);
  return row;
}

/** The password after an edit. What wasn't entered again has to be as Sallyport stored it. */
function keepPassword(before: Row, after: ProxyFields, changes: Omit<ProxyUpdate, "version">): string {
  if (changes.password !== undefined) return changes.password ?? "";
  if (before.passwordSetAt === null && changes.url !== undefined) return "";
  if (before.passwordSetAt !== null && new URL(after.url).origin !== new URL(before.url).origin) {
    const message = "Enter the password again: the URL leads to another proxy now.";
    throw invalidInput([{ field: "password", message }]);
  }
  return openSecret(before.passwordEnvelope, proxyAad(before.id, before));
}

function toColumns(id: string, { name, url, username, bypass }: ProxyFields, password: string, now = new Date()) {
  const passwordEnvelope = sealSecret(password, proxyAad(id, { url, username, bypass }));
  return { name, url, username, bypass, passwordEnvelope, passwordSetAt: password === "" ? null : now };
}

/** What the audit log keeps: of the password only whether it's set. */
function audited({ version, passwordSetAt, ...row }: Row, sent?: string | null): Record<string, unknown> {
  const password = sent ? "replaced" : passwordSetAt === null ? "not set" : "set";
  return { version, ...pickFields(proxyFields, row), password };
}
