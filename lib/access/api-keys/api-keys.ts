import { randomBytes } from "node:crypto";
import { and, eq, getTableColumns, gt, isNotNull, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import { apiKeys } from "#drizzle/schema/api-keys.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { requireNodes } from "#lib/access/accounts/user-store.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { type Database, getDb, inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { containsText } from "#lib/platform/db/contains.ts";
import { keyset, type Page, toPage } from "#lib/platform/db/keyset.ts";
import { findViolation } from "#lib/platform/db/violations.ts";
import { pickFields, readRow } from "#lib/platform/definitions/rows.ts";
import { AppError, invalidInput, notFound } from "#lib/platform/errors/app-error.ts";
import { hashApiKey } from "./api-key-auth.ts";
import { type ApiKeySummary, apiKeyFields, apiKeySummary } from "./definition.ts";
import { environmentKeyName } from "./environment-api-key.ts";
import { type ApiKeyFields, type ApiKeyQuery, apiKeyQuery } from "./schema.ts";

const { keyHash: _, ...openColumns } = getTableColumns(apiKeys);
const columns = { ...openColumns, nodeName: nodes.name };

const orders = {
  name: sql<string>`lower(${apiKeys.name})`,
  createdAt: sql<string>`${apiKeys.createdAt}`,
  lastUsedAt: sql<string | null>`${apiKeys.lastUsedAt}`,
  expiresAt: sql<string | null>`${apiKeys.expiresAt}`,
} satisfies Record<string, SQL>;

/**
 * Lists API keys, one page at a time; never the keys themselves.
 * @throws AppError `forbidden`, `invalid_input` for a cursor of another list.
 */
export async function listApiKeys(
  ctx: Context,
  query: ApiKeyQuery = {},
  now = new Date(),
): Promise<Page<ApiKeySummary>> {
  requirePermission(ctx, "api-keys.read");
  const { q, status, sort, cursor, limit } = apiKeyQuery.parse(query);
  const order = orders[sort.replace(/^-/, "") as keyof typeof orders];
  const { where, orderBy } = keyset(order, apiKeys.id, sort.startsWith("-") ? "desc" : "asc", cursor);
  const search = q ? or(containsText(apiKeys.name, q), sql`starts_with(${q}, ${apiKeys.prefix})`) : undefined;
  const rows = await getDb()
    .select({ ...columns, position: sql<string | null>`(${order})::text` })
    .from(apiKeys)
    .leftJoin(nodes, eq(nodes.id, apiKeys.nodeId))
    .where(and(where, search, status && statusIs(status, now)))
    .orderBy(...orderBy)
    .limit(limit + 1);
  const page = toPage(rows, limit, (row) => ({ value: row.position, id: row.id }));
  return { ...page, items: page.items.map((row) => toSummary(row, now)) };
}

function statusIs(status: ApiKeySummary["status"], now: Date): SQL | undefined {
  if (status === "revoked") return isNotNull(apiKeys.revokedAt);
  const expired = lte(apiKeys.expiresAt, now);
  const unexpired = or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now));
  return and(isNull(apiKeys.revokedAt), status === "expired" ? expired : unexpired);
}

type Row = Omit<typeof apiKeys.$inferSelect, "keyHash"> & { nodeName: string | null };

function toSummary(row: Row, now: Date): ApiKeySummary {
  const isExpired = row.expiresAt !== null && row.expiresAt <= now;
  return readRow(apiKeySummary, { ...row, status: row.revokedAt ? "revoked" : isExpired ? "expired" : "active" });
}

async function findApiKey(db: Database | Transaction, id: string): Promise<Row | null> {
  if (!isUuid(id)) return null;
  const [row] = await db
    .select(columns)
    .from(apiKeys)
    .leftJoin(nodes, eq(nodes.id, apiKeys.nodeId))
    .where(eq(apiKeys.id, id));
  return row ?? null;
}

/** One API key. @throws AppError `forbidden`, `not_found` */
export async function getApiKey(ctx: Context, id: string): Promise<ApiKeySummary> {
  requirePermission(ctx, "api-keys.read");
  const row = await findApiKey(getDb(), id);
  if (!row) throw notFound("API key", id);
  return toSummary(row, new Date());
}

/**
 * Makes an API key: `sp_` and 256 random bits in base64url.
 * @param input parsed by `apiKeyInput`.
 * @returns its summary, and the key: this is the only time that it is told; its SHA-256 is stored.
 * @throws AppError `forbidden`, `name_taken`, `invalid_input` for a past expiry, a node that doesn't exist, or metrics of one node.
 */
export async function createApiKey(
  ctx: Context,
  input: ApiKeyFields,
  now = new Date(),
): Promise<{ apiKey: ApiKeySummary; key: string }> {
  requirePermission(ctx, "api-keys.write");
  const expiresAt = input.expiresAt === null ? null : new Date(input.expiresAt);
  if (expiresAt && expiresAt <= now) {
    throw invalidInput([{ field: "expiresAt", message: "The expiry must be in the future." }]);
  }
  if (input.role === "metrics" && input.nodeId !== null) {
    throw invalidInput([{ field: "nodeId", message: "A key for metrics holds for all nodes." }]);
  }
  if (input.name.toLowerCase() === environmentKeyName.toLowerCase()) throw nameTaken(input.name);
  const key = `sp_${randomBytes(32).toString("base64url")}`;
  const prefix = key.slice(0, 8);
  const values = { ...input, expiresAt, prefix, keyHash: hashApiKey(key), createdBy: ctx.actor.name };
  return inTransaction(async (tx) => {
    await requireNodes(tx, [{ field: "nodeId", nodeId: input.nodeId }]);
    const [made] = await tx.insert(apiKeys).values(values).returning({ id: apiKeys.id });
    const apiKey = toSummary((await findApiKey(tx, made!.id))!, now);
    await recordAudit(tx, ctx, {
      action: "api_key.create",
      target: { kind: "api_key", id: apiKey.id, name: apiKey.name },
      after: { ...pickFields(apiKeyFields, apiKey), nodeName: apiKey.nodeName, prefix },
    });
    await bumpChanges(tx);
    return { apiKey, key };
  }).catch((err) => {
    throw findViolation(err)?.kind === "unique" ? nameTaken(input.name, err) : err;
  });
}

function nameTaken(name: string, cause?: unknown): AppError {
  const message = `There is already an API key named ${name}.`;
  return new AppError("name_taken", message, { fields: [{ field: "name", message }], cause });
}

/**
 * Revokes an API key: refused by this process at once and by every other within 2 s. The row stays for the records.
 * @throws AppError `forbidden`, `not_found`
 */
export async function revokeApiKey(ctx: Context, id: string): Promise<ApiKeySummary> {
  requirePermission(ctx, "api-keys.write");
  return inTransaction(async (tx) => {
    const before = await findApiKey(tx, id);
    if (!before) throw notFound("API key", id);
    const now = new Date();
    const revoked = await tx
      .update(apiKeys)
      .set({ revokedAt: now })
      .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
      .returning({ id: apiKeys.id });
    if (revoked.length > 0) {
      const target = { kind: "api_key", id, name: before.name };
      await recordAudit(tx, ctx, {
        action: "api_key.revoke",
        target,
        before: { revoked: false },
        after: { revoked: true },
      });
      await bumpChanges(tx);
    }
    return toSummary({ ...before, revokedAt: before.revokedAt ?? now }, now);
  });
}
