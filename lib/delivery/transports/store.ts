import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import { certificateAuthorities } from "#drizzle/schema/certificate-authorities.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { proxies } from "#drizzle/schema/proxies.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { wsdls } from "#drizzle/schema/wsdls.ts";
import { type ActorGrant, allowedNodes } from "#lib/access/permissions/permissions.ts";
import type { ServiceDescription } from "#lib/delivery/soap/model.ts";
import { describeCertificate } from "#lib/platform/certificates/check-key-material.ts";
import { readLastExpiry } from "#lib/platform/certificates/read-authorities.ts";
import { type Database, getDb, type Transaction } from "#lib/platform/db/client.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";
import { pickFields } from "#lib/platform/definitions/rows.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";
import { isSecretHeader } from "#lib/platform/header-values/secret-names.ts";
import { showValues } from "#lib/platform/header-values/secret-values.ts";
import { showProxy } from "#lib/platform/net/proxy-schema.ts";
import { plainFields } from "./definition.ts";
import type { Runway, TransportAuthorization, TransportDetail, TransportSummary, TransportUses } from "./model.ts";
import { readRouteState } from "./route.ts";
import { showSoapSettings, toWsdlSummary, type WsdlColumns, wsdlColumns } from "./soap-settings.ts";

export type TransportRow = typeof transports.$inferSelect;

/** A transport with what stands beside it in other tables. */
export type JoinedTransport = {
  row: TransportRow;
  nodeName: string;
  nodePath: string[];
  credentialName: string | null;
  credentialStatus: typeof credentials.$inferSelect.status | null;
  /** Null for HTTP and as long as nobody tried to read one. */
  wsdl: WsdlColumns | null;
  proxyName: string | null;
  trustedCaName: string | null;
  trustedCaExpiresAt: Date | null;
};

/**
 * What came of reading a WSDL before its transport is saved: what it offers, null when it could not be read, and what stores it
 * in the transaction that saves the transport.
 */
export type WsdlAttempt = {
  services: readonly ServiceDescription[] | null;
  store: (tx: Transaction, transportId: string, now: Date) => Promise<void>;
};

const joined = {
  row: transports,
  nodeName: nodes.name,
  nodePath: nodes.path,
  credentialName: credentials.name,
  credentialStatus: credentials.status,
  wsdl: wsdlColumns,
  proxyName: proxies.name,
  trustedCaName: certificateAuthorities.name,
  trustedCaExpiresAt: certificateAuthorities.expiresAt,
};

const triggerCount = sql<number>`(select count(*)::int from ${triggers} where ${triggers.transportId} = ${transports.id})`;

/** What the list is ordered by; as Postgres reads it, since JavaScript lowers some letters otherwise. */
export const sortName = sql<string>`lower(${transports.name})`;

/** A page of rows with the number of triggers that use each. */
export async function selectTransports(where: SQL | undefined, orderBy: SQL[], limit: number) {
  return getDb()
    .select({ ...joined, usedBy: triggerCount, sortName })
    .from(transports)
    .innerJoin(nodes, eq(nodes.id, transports.nodeId))
    .leftJoin(credentials, eq(credentials.id, transports.credentialId))
    .leftJoin(wsdls, eq(wsdls.transportId, transports.id))
    .leftJoin(proxies, eq(proxies.id, transports.proxyId))
    .leftJoin(certificateAuthorities, eq(certificateAuthorities.id, transports.trustedCaId))
    .where(where)
    .orderBy(...orderBy)
    .limit(limit);
}

/**
 * One transport.
 * @param lock whether other edits of the row wait for this transaction.
 * @throws AppError `not_found`
 */
export async function findTransport(db: Database | Transaction, id: string, lock = false): Promise<JoinedTransport> {
  const query = db
    .select(joined)
    .from(transports)
    .innerJoin(nodes, eq(nodes.id, transports.nodeId))
    .leftJoin(credentials, eq(credentials.id, transports.credentialId))
    .leftJoin(wsdls, eq(wsdls.transportId, transports.id))
    .leftJoin(proxies, eq(proxies.id, transports.proxyId))
    .leftJoin(certificateAuthorities, eq(certificateAuthorities.id, transports.trustedCaId))
    .where(eq(transports.id, id));
  const [found] = await (lock ? query.for("update", { of: transports }) : query);
  if (!found) throw notFound("transport", id);
  return found;
}

/** The triggers that use a transport, by name. */
export async function findTransportUses(
  db: Database | Transaction,
  id: string,
  grants: readonly ActorGrant[],
): Promise<TransportUses> {
  const isSeen = isWithinNodes(nodes.path, allowedNodes(grants, "triggers.read"));
  const rows = await db
    .select({ id: triggers.id, name: triggers.name, nodeId: triggers.nodeId })
    .from(triggers)
    .innerJoin(nodes, eq(nodes.id, triggers.nodeId))
    .where(and(eq(triggers.transportId, id), isSeen))
    .orderBy(asc(triggers.name), asc(triggers.id));
  const all = await db.$count(triggers, eq(triggers.transportId, id));
  return { usedBy: rows.map((row) => ({ kind: "trigger" as const, ...row })), usedElsewhere: all - rows.length };
}

/** A row of the list, without secrets. */
export function toTransportSummary({ usedBy, ...found }: JoinedTransport & { usedBy: number }): TransportSummary {
  return { ...toBase(found), usedBy };
}

/** Everything that may be shown of a transport. */
export function toTransportDetail(found: JoinedTransport, uses: TransportUses): TransportDetail {
  const { row } = found;
  return {
    ...toBase(found),
    proxy: showProxy(row.proxy, found.proxyName, row.proxyPasswordSetAt),
    trustedCaId: row.trustedCaId,
    trustedCaName: found.trustedCaName,
    trustedCa: row.trustedCa,
    clientCertificate: showClientCertificate(row),
    route: showRoute(row),
    notes: row.notes,
    wsdl: toWsdlSummary(row.soap, found.wsdl),
    ...uses,
  };
}

function toBase(found: JoinedTransport) {
  const { row } = found;
  const { trustedCa, trustedCaId, notes, ...plain } = pickFields(plainFields, row);
  return {
    ...plain,
    id: row.id,
    version: row.version,
    nodeName: found.nodeName,
    http: row.http && { ...row.http, headers: showValues(row.http.headers, isSecretHeader) },
    soap: row.soap && showSoapSettings(row.soap, row.wssePasswordSetAt),
    authorization: showAuthorization(found),
    clientCertificateEndsAt: describeCertificate(row.clientCertificate)?.notAfter ?? null,
    trustedCaEndsAt: soonest(readLastExpiry(trustedCa), found.trustedCaExpiresAt)?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function showAuthorization({ row, credentialName, credentialStatus }: JoinedTransport): TransportAuthorization {
  if (row.authorizationKind === "basic") {
    const passwordSetAt = row.basicPasswordSetAt?.toISOString() ?? null;
    return { kind: "basic", username: row.basicUsername ?? "", passwordSetAt };
  }
  if (row.authorizationKind === "credential" && row.credentialId) {
    return {
      kind: "credential",
      credentialId: row.credentialId,
      credentialName: credentialName ?? "",
      credentialStatus: credentialStatus ?? "unverified",
    };
  }
  return { kind: "none" };
}

function showClientCertificate({ clientCertificate: certificate, clientKeySetAt }: TransportRow) {
  const info = describeCertificate(certificate);
  if (certificate === null || info === null) return null;
  return { ...info, certificate, privateKeySetAt: clientKeySetAt?.toISOString() ?? null };
}

function showRoute(row: TransportRow): TransportDetail["route"] {
  const state = readRouteState(row);
  const approval = state === "approved" ? row.routeApproval : null;
  return { state, approvedBy: approval?.by ?? null, approvedAt: approval?.at ?? null };
}

function soonest(...dates: (Date | null)[]): Date | null {
  return dates.filter((date) => date !== null).sort((a, b) => a.getTime() - b.getTime())[0] ?? null;
}

/**
 * The runway of a transport joined with its Application credential, as SQL; null for a transport that sends no such token. People's
 * own tokens are theirs, and not counted.
 */
export function runwayOf(now: Date): SQL<Runway | null> {
  const hourLater = new Date(now.getTime() + 3_600_000);
  return sql<Runway | null>`case
    when ${credentials.type} is distinct from 'application' then null
    when not ${credentials.enabled} or ${credentials.tokenExpiresAt} is null or ${credentials.tokenExpiresAt} <= ${now} then 'none'
    when ${credentials.tokenExpiresAt} <= ${hourLater} then 'hour'
    else 'longer' end`;
}
