import { and, eq, getTableColumns, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { certificateAuthorities } from "#drizzle/schema/certificate-authorities.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { refuseStaleEdit } from "#lib/platform/audit/stale-edit.ts";
import { describeCertificate } from "#lib/platform/certificates/check-key-material.ts";
import {
  findAuthorityProblem,
  readLastExpiry,
  splitCertificates,
} from "#lib/platform/certificates/read-authorities.ts";
import { authorityAad } from "#lib/platform/crypto/aad.ts";
import { openSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { type Database, getDb, inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { containsText } from "#lib/platform/db/contains.ts";
import { keyset, type Page, toPage } from "#lib/platform/db/keyset.ts";
import { dropUndefined, pickFields, readRow } from "#lib/platform/definitions/rows.ts";
import { invalidInput, notFound } from "#lib/platform/errors/app-error.ts";
import { updateCertificateEnds } from "./certificate-end.ts";
import {
  type AuthorityDetail,
  type AuthoritySummary,
  authorityDetail,
  authorityFields,
  authoritySummary,
} from "./definition.ts";
import { type AuthorityFields, type AuthorityQuery, type AuthorityUpdate, authorityQuery } from "./schema.ts";
import { requireRoom, toNameTaken } from "./storing/limits.ts";
import { countUses, findNetworkUses, noUses, requireUnused } from "./storing/uses.ts";

type Row = typeof certificateAuthorities.$inferSelect;
const { sealEnvelope: _, ...openColumns } = getTableColumns(certificateAuthorities);
const noun = "certificate authority";

const orders = {
  name: sql<string>`lower(${certificateAuthorities.name})`,
  expiresAt: sql<string>`${certificateAuthorities.expiresAt}`,
};

/**
 * Lists named certificate authorities.
 * @throws AppError `forbidden`
 */
export async function listAuthorities(ctx: Context, query: AuthorityQuery = {}): Promise<Page<AuthoritySummary>> {
  requirePermission(ctx, "network.read");
  const { q, sort, cursor, limit } = authorityQuery.parse(query);
  const order = orders[sort.replace(/^-/, "") as keyof typeof orders];
  const direction = sort.startsWith("-") ? "desc" : "asc";
  const { where, orderBy } = keyset(order, certificateAuthorities.id, direction, cursor);
  const rows = await getDb()
    .select({
      ...openColumns,
      usedBy: countUses("trustedCaId", sql`certificate_authorities.id`),
      position: sql<string>`(${order})::text`,
    })
    .from(certificateAuthorities)
    .where(and(where, q ? containsText(certificateAuthorities.name, q) : undefined))
    .orderBy(...orderBy)
    .limit(limit + 1);
  const page = toPage(rows, limit, (row) => ({ value: row.position, id: row.id }));
  return { ...page, items: page.items.map((row) => readRow(authoritySummary, { ...row, ...listSubjects(row) })) };
}

/**
 * Reads a named certificate authority with what uses it.
 * @throws AppError `forbidden`, `not_found`
 */
export async function getAuthority(ctx: Context, id: string): Promise<AuthorityDetail> {
  requirePermission(ctx, "network.read");
  const row = await findAuthority(getDb(), id);
  return toDetail(row, await findNetworkUses(getDb(), "trustedCaId", id, ctx.grants));
}

/**
 * Adds a named certificate authority.
 * @throws AppError `forbidden`, `invalid_input`, `name_taken`, `conflict` if there are too many
 */
export async function createAuthority(ctx: Context, input: AuthorityFields): Promise<AuthorityDetail> {
  requirePermission(ctx, "network.write");
  checkCertificates(input.certificates);
  const id = v7();
  return inTransaction(async (tx) => {
    await requireRoom(tx, certificateAuthorities, "certificate authorities");
    await tx.insert(certificateAuthorities).values({ id, ...toColumns(id, input) });
    const created = toDetail(await findAuthority(tx, id), noUses);
    const target = { kind: "certificate_authority", id, name: created.name };
    await recordAudit(tx, ctx, { action: "certificate_authority.create", target, after: audited(created) });
    await bumpChanges(tx);
    return created;
  }).catch((err) => {
    throw toNameTaken(err, noun, input.name);
  });
}

/**
 * Changes a named certificate authority for everything that uses it.
 * @throws AppError `forbidden`, `not_found`, `stale_version`, `invalid_input`, `name_taken`, `secret_unreadable`
 */
export async function updateAuthority(
  ctx: Context,
  id: string,
  { version, ...changes }: AuthorityUpdate,
): Promise<AuthorityDetail> {
  requirePermission(ctx, "network.write");
  if (changes.certificates !== undefined) checkCertificates(changes.certificates);
  return inTransaction(async (tx) => {
    const row = await findAuthority(tx, id, true);
    const uses = await findNetworkUses(tx, "trustedCaId", id, ctx.grants);
    const before = toDetail(row, uses);
    const target = { kind: "certificate_authority", id };
    if (row.version !== version) throw await refuseStaleEdit(tx, target, version, before);
    // What wasn't entered again has to be as Sallyport stored it.
    if (changes.certificates === undefined) openSecret(row.sealEnvelope, authorityAad(id, row));
    const merged = { ...pickFields(authorityFields, row), ...dropUndefined(changes) };
    await tx
      .update(certificateAuthorities)
      .set({ ...toColumns(id, merged), updatedAt: new Date(), version: version + 1 })
      .where(eq(certificateAuthorities.id, id));
    await updateCertificateEnds(tx, id, merged.certificates);
    const after = toDetail(await findAuthority(tx, id), uses);
    await recordAudit(tx, ctx, {
      action: "certificate_authority.update",
      target: { ...target, name: after.name },
      before: audited(before),
      after: audited(after),
    });
    await bumpChanges(tx);
    return after;
  }).catch((err) => {
    throw toNameTaken(err, noun, changes.name ?? "");
  });
}

/**
 * Deletes a named certificate authority that nothing uses.
 * @throws AppError `forbidden`, `not_found`, `in_use` with `details.usedBy`
 */
export async function deleteAuthority(ctx: Context, id: string): Promise<void> {
  requirePermission(ctx, "network.write");
  await inTransaction(async (tx) => {
    // While the row is locked, nothing can start to use it.
    const row = await findAuthority(tx, id, true);
    requireUnused(`The certificate authority ${row.name}`, await findNetworkUses(tx, "trustedCaId", id, ctx.grants));
    await tx.delete(certificateAuthorities).where(eq(certificateAuthorities.id, id));
    const target = { kind: "certificate_authority", id, name: row.name };
    const before = audited(toDetail(row, noUses));
    await recordAudit(tx, ctx, { action: "certificate_authority.delete", target, before });
    await bumpChanges(tx);
  });
}

async function findAuthority(db: Database | Transaction, id: string, lock = false): Promise<Row> {
  const query = db.select().from(certificateAuthorities).where(eq(certificateAuthorities.id, id));
  const [row] = await (lock ? query.for("update") : query);
  if (!row) throw notFound(noun, id);
  return row;
}

function checkCertificates(text: string): void {
  const message = findAuthorityProblem(text);
  if (message) throw invalidInput([{ field: "certificates", message }]);
}

function toColumns(id: string, { name, certificates }: AuthorityFields) {
  const sealEnvelope = sealSecret("", authorityAad(id, { certificates }));
  return { name, certificates, sealEnvelope, expiresAt: readLastExpiry(certificates)! };
}

function listSubjects({ certificates }: Pick<Row, "certificates">) {
  const found = splitCertificates(certificates).flatMap((block) => describeCertificate(block) ?? []);
  return { subjects: found.map(({ subject, sha256, notAfter }) => ({ subject, sha256, notAfter })) };
}

function toDetail(row: Row, uses: Pick<AuthorityDetail, "usedBy" | "usedElsewhere">): AuthorityDetail {
  return readRow(authorityDetail, { ...row, ...listSubjects(row), ...uses });
}

function audited({ version, subjects, ...authority }: AuthorityDetail): Record<string, unknown> {
  return { version, ...pickFields(authorityFields, authority), subjects };
}
