import { and, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { type ActorGrant, allowedNodes } from "#lib/access/permissions/permissions.ts";
import { describeCertificate } from "#lib/platform/certificates/check-key-material.ts";
import type { Database, Transaction } from "#lib/platform/db/client.ts";
import type { ProxySettings } from "#lib/platform/net/proxy-settings.ts";
import { deriveEntraUrls } from "./entra-url.ts";
import {
  type CredentialConfiguration,
  type CredentialProxy,
  type CredentialSummary,
  type CredentialUse,
  grantTypes,
  type ProviderUrls,
} from "./model.ts";

/** A place to read from: the pool, or the transaction that also writes. */
export type Reader = Database | Transaction;

const { clientSecretEnvelope, privateKeyEnvelope, proxyPasswordEnvelope, ...openColumns } =
  getTableColumns(credentials);
/** All columns but the sealed ones (those are read by open-credential.ts alone). */
export const publicColumns = openColumns;

/** A row without its sealed columns. */
export type CredentialRow = Omit<
  typeof credentials.$inferSelect,
  "clientSecretEnvelope" | "privateKeyEnvelope" | "proxyPasswordEnvelope"
>;

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
    id: row.id,
    version: row.version,
    name: row.name,
    type: row.type,
    grantType: grantTypes[row.type],
    provider: row.provider,
    endpointUrl: row.endpointUrl,
    clientId: row.clientId,
    scope: row.scope,
    enabled: row.enabled,
    owner: row.owner,
    ownerEmail: row.ownerEmail,
    secretExpiresOn: row.secretExpiresOn,
    secretEndsAt: iso(row.secretEndsAt),
    status: row.status,
    statusReason: row.statusReason,
    statusField: row.statusField,
    errorCode: row.errorCode,
    providerCode: row.providerCode,
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
    clientAuthentication: row.clientAuthentication,
    clientSecretSetAt: iso(row.clientSecretSetAt),
    privateKeySetAt: iso(row.privateKeySetAt),
    certificate: row.certificate,
    certificateInfo: describeCertificate(row.certificate),
    presentCertificate: row.presentCertificate,
    tokenParameters: row.tokenParameters,
    refreshIntervalSeconds: row.refreshIntervalSeconds,
    proxy: toProxy(row.proxy, row.proxyPasswordSetAt),
    allowedHosts: row.allowedHosts,
    notes: row.notes,
    discoveryUrl: row.discoveryUrl,
    issuer: row.issuer,
    authorizationUrl: row.authorizationUrl,
    jwksUrl: row.jwksUrl,
    urlsInForce: urlsInForce(row),
    jwtUsernameKey: row.jwtUsernameKey,
    jwtRolesKey: row.jwtRolesKey,
    roleMapping: row.roleMapping,
    mfa: row.mfa,
    postLogin: row.postLogin,
    claimsSource: row.claimsSource,
    defaultRole: row.defaultRole,
    responseMode: row.responseMode,
    mfaContext: row.mfaContext,
    mfaMethods: row.mfaMethods,
    providerLogout: row.providerLogout,
    allowedTenants: row.allowedTenants,
    offeredAt: row.offeredAt,
  };
}

function toProxy(proxy: ProxySettings, passwordSetAt: Date | null): CredentialProxy {
  if (proxy.mode !== "manual") return { mode: proxy.mode };
  return {
    mode: "manual",
    url: proxy.url,
    username: proxy.username,
    passwordSetAt: iso(passwordSetAt),
    bypass: proxy.bypass,
  };
}

function urlsInForce(row: CredentialRow): ProviderUrls {
  const derived = row.provider === "entra" ? deriveEntraUrls(row.endpointUrl) : null;
  return {
    discoveryUrl: row.discoveryUrl ?? derived?.discoveryUrl ?? null,
    issuer: row.issuer ?? derived?.issuer ?? null,
    authorizationUrl: row.authorizationUrl ?? derived?.authorizationUrl ?? null,
    jwksUrl: row.jwksUrl ?? derived?.jwksUrl ?? null,
  };
}
