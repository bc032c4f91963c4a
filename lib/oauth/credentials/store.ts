import { and, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { type ActorGrant, allowedNodes } from "#lib/access/permissions/permissions.ts";
import { describeCertificate } from "#lib/platform/certificates/check-key-material.ts";
import type { Database, Transaction } from "#lib/platform/db/client.ts";
import { namesOf } from "#lib/platform/definitions/field.ts";
import { isSecretHeader, isSecretParameter } from "#lib/platform/header-values/secret-names.ts";
import { showValues } from "#lib/platform/header-values/secret-values.ts";
import { showProxy } from "#lib/platform/net/proxy-schema.ts";
import { credentialFields } from "./definition.ts";
import { derivedUrls } from "./endpoint.ts";
import { grantTypes } from "./kinds.ts";
import {
  type CredentialConfiguration,
  type CredentialSummary,
  type CredentialUse,
  type ProviderUrls,
  summaryFields,
} from "./model.ts";

/** A place to read from: the pool, or the transaction that also writes. */
export type Reader = Database | Transaction;

const {
  clientSecretEnvelope,
  privateKeyEnvelope,
  proxyPasswordEnvelope,
  tokenHeadersEnvelope,
  tokenParametersEnvelope,
  ...openColumns
} = getTableColumns(credentials);
/** All columns but the sealed ones (those are read by open-credential.ts alone). */
export const publicColumns = {
  ...openColumns,
  proxyName: sql<string | null>`(select p.name from proxies p where p.id = credentials.proxy_id)`,
  trustedCaName: sql<
    string | null
  >`(select a.name from certificate_authorities a where a.id = credentials.trusted_ca_id)`,
};

/** A row without its sealed columns. */
export type CredentialRow = Omit<
  typeof credentials.$inferSelect,
  | "clientSecretEnvelope"
  | "privateKeyEnvelope"
  | "proxyPasswordEnvelope"
  | "tokenHeadersEnvelope"
  | "tokenParametersEnvelope"
> & { proxyName: string | null; trustedCaName: string | null };

/**
 * When the worker checks what was saved at `now`, in case whoever saved it does not: a page and the API ask at once, and
 * one request is enough.
 */
export function firstCheckAt(now: Date): Date {
  return new Date(now.getTime() + 15_000);
}

/** Reads one row; with `lock` until the end of the transaction, also against new transports that refer to it. */
export async function findCredential(reader: Reader, id: string, lock = false): Promise<CredentialRow | null> {
  const query = reader.select(publicColumns).from(credentials).where(eq(credentials.id, id));
  const [row] = await (lock ? query.for("update") : query);
  return row ?? null;
}

/**
 * How many transports use the credential of the same row of an outer query. Columns by their names: Drizzle leaves the
 * table out in a query of one table, and `id` would be the transport's.
 */
export const usesOfRow = sql<number>`(select count(*)::int from ${transports} where ${transports}.credential_id = ${credentials}.id)`;

/** Lists the transports that use a credential, by name; with `grants` only those that their holder may see. */
export async function findUses(reader: Reader, id: string, grants?: readonly ActorGrant[]): Promise<CredentialUse[]> {
  const visible = grants ? allowedNodes(grants, "transports.read") : "all";
  const onVisibleNode: SQL | undefined =
    visible === "all" ? undefined : sql`${nodes.path} && ${sql.param(visible)}::uuid[]`;
  const rows = await reader
    .select({ id: transports.id, name: transports.name, nodeId: transports.nodeId, nodeName: nodes.name })
    .from(transports)
    .innerJoin(nodes, eq(nodes.id, transports.nodeId))
    .where(and(eq(transports.credentialId, id), onVisibleNode))
    .orderBy(sql`lower(${transports.name})`, transports.id)
    .limit(1000);
  return rows.map((row) => ({ kind: "transport", ...row }));
}

const iso = (at: Date | null) => at?.toISOString() ?? null;

/** The fields of a list row, without the count. */
export function toSummary(row: CredentialRow): Omit<CredentialSummary, "usedBy" | "successor"> {
  return {
    ...pick(row, summaryFields),
    ...pick(row, ["id", "version", "enabled", "status", "statusReason", "statusField", "errorCode", "providerCode"]),
    grantType: grantTypes[row.type],
    secretEndsAt: iso(row.secretEndsAt),
    lastCheckedAt: iso(row.lastCheckedAt),
    nextCheckAt: iso(row.nextCheckAt),
    tokenExpiresAt: iso(row.tokenExpiresAt),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** The whole configuration, secrets only by when they were set. */
export function toConfiguration(row: CredentialRow): CredentialConfiguration {
  return {
    ...toSummary(row),
    ...pick(row, configuredFields),
    tokenHeaders: showValues(row.tokenHeaders, isSecretHeader),
    tokenParameters: showValues(row.tokenParameters, isSecretParameter),
    clientSecretSetAt: iso(row.clientSecretSetAt),
    privateKeySetAt: iso(row.privateKeySetAt),
    certificateInfo: describeCertificate(row.certificate),
    proxy: showProxy(row.proxy, row.proxyName, row.proxyPasswordSetAt),
    trustedCaName: row.trustedCaName,
    urlsInForce: urlsInForce(row),
  } as unknown as CredentialConfiguration;
}

const configuredFields = namesOf(credentialFields, ({ kept }) => kept === undefined) as (keyof CredentialRow)[];

function pick<T, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>;
}

function urlsInForce(row: CredentialRow): ProviderUrls {
  const derived = derivedUrls(row);
  return {
    discoveryUrl: row.discoveryUrl ?? derived?.discoveryUrl ?? null,
    issuer: row.issuer ?? derived?.issuer ?? null,
    authorizationUrl: row.authorizationUrl ?? derived?.authorizationUrl ?? null,
    jwksUrl: row.jwksUrl ?? derived?.jwksUrl ?? null,
  };
}
