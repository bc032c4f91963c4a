import { eq } from "drizzle-orm";
import { certificateAuthorities } from "#drizzle/schema/certificate-authorities.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { proxies } from "#drizzle/schema/proxies.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { wsdls } from "#drizzle/schema/wsdls.ts";
import type { SoapVersion } from "#lib/delivery/soap/model.ts";
import { readHostsState } from "#lib/oauth/credentials/token-reach.ts";
import {
  type NamedCa,
  type NamedProxy,
  namedCaColumns,
  namedProxyColumns,
  resolveProxy,
} from "#lib/oauth/network/named-route.ts";
import { type TransportSecret, transportAad } from "#lib/platform/crypto/aad.ts";
import type { Aad } from "#lib/platform/crypto/envelope.ts";
import { type Database, getDb, type Transaction } from "#lib/platform/db/client.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";
import type { SealedProxy } from "#lib/platform/net/proxy-settings.ts";
import type { SoapSettings } from "./definition.ts";
import type { RouteState, WsdlFailure } from "./model.ts";
import { nameDestination, readRouteState } from "./route.ts";
import { readSoapSettings, resolvePort, type WsdlColumns, wsdlColumns } from "./soap-settings.ts";

/** The credential of a transport: enough to ask `lib/oauth/tokens` for its token and to know where that may be sent. */
export type PlannedCredential = Pick<typeof credentials.$inferSelect, keyof typeof planColumns.credential> & {
  /** Hosts that an admin confirms for a plan that isn't saved. */
  confirmedHosts?: readonly string[];
};

/** Where a run's Authorization comes from; secrets still sealed. */
export type PlannedAuthorization =
  | { kind: "none" }
  | { kind: "basic"; username: string; passwordEnvelope: string | null }
  | { kind: "credential"; credential: PlannedCredential };

/** What a run needs to know of a WS_SOAP transport; the compiled WSDL is kept by its hash (compiled-wsdl.ts). */
export type SoapPlan = {
  settings: SoapSettings;
  /** Where calls go, null when neither the transport nor its WSDL says so. */
  endpoint: string | null;
  soapVersion: SoapVersion | null;
  /** Null for raw envelopes without a WSDL, and as long as none could be read; `failure` says why. */
  wsdl: { hash: string; bytes: number } | null;
  failure: WsdlFailure | null;
  wssePasswordEnvelope: string | null;
};

type TransportRow = typeof transports.$inferSelect;

/** Everything that a run needs to know of its transport, as it is cached; secrets still sealed. */
export type TransportPlan = Pick<
  TransportRow,
  | "id"
  | "version"
  | "name"
  | "type"
  | "http"
  | "headersEnvelope"
  | "connectTimeoutMs"
  | "timeoutMs"
  | "maxResponseBytes"
  | "followRedirects"
  | "trustedCa"
  | "clientCertificate"
  | "clientKeyEnvelope"
> & {
  soap: SoapPlan | null;
  authorization: PlannedAuthorization;
  routeState: RouteState;
  /** What its secret headers, and those of its triggers, must have been entered for. */
  headersDestination: string;
  /** What the envelopes of its secrets are bound to. */
  aads: Record<TransportSecret, Aad>;
  proxy: SealedProxy;
  namedCa: NamedCa | null;
};

/** The columns that `toTransportPlan` reads; a query over more tables selects them beside its own. */
export const planColumns = {
  transport: transports,
  credential: {
    id: credentials.id,
    name: credentials.name,
    type: credentials.type,
    version: credentials.version,
    scope: credentials.scope,
    enabled: credentials.enabled,
    refreshIntervalSeconds: credentials.refreshIntervalSeconds,
    allowedHosts: credentials.allowedHosts,
    hostsState: credentials.hostsState,
  },
  wsdl: wsdlColumns,
  namedProxy: namedProxyColumns,
  namedCa: namedCaColumns,
};

/** What a transport's row refers to. */
export type PlanParts = {
  credential: PlannedCredential | null;
  wsdl: WsdlColumns | null;
  namedProxy: NamedProxy | null;
  namedCa: NamedCa | null;
};

/**
 * A plan from the row of a transport and what it refers to.
 * @throws AppError `proxy_failed`
 */
export function toTransportPlan(
  row: TransportRow,
  { credential, wsdl, namedProxy, namedCa }: PlanParts,
): TransportPlan {
  const soap = planSoap(row, wsdl);
  const aads = planAads(row, soap?.endpoint ?? null);
  const ownPassword = { passwordEnvelope: row.proxyPasswordEnvelope, aad: aads.proxyPassword };
  return {
    id: row.id,
    version: row.version,
    name: row.name,
    type: row.type,
    http: row.http,
    headersEnvelope: row.headersEnvelope,
    headersDestination: nameDestination(row),
    soap,
    authorization: planAuthorization(row, credential),
    routeState: readRouteState(row),
    aads,
    proxy: resolveProxy(row.proxy, ownPassword, namedProxy),
    connectTimeoutMs: row.connectTimeoutMs,
    timeoutMs: row.timeoutMs,
    maxResponseBytes: row.maxResponseBytes,
    followRedirects: row.followRedirects,
    trustedCa: row.trustedCa,
    namedCa,
    clientCertificate: row.clientCertificate,
    clientKeyEnvelope: row.clientKeyEnvelope,
  };
}

function planAads(row: TransportRow, endpoint: string | null): TransportPlan["aads"] {
  const aadOf = (field: TransportSecret) => transportAad(row, endpoint, field);
  return {
    basicPassword: aadOf("basicPassword"),
    wssePassword: aadOf("wssePassword"),
    clientKey: aadOf("clientKey"),
    proxyPassword: aadOf("proxyPassword"),
  };
}

/**
 * Reads the plan of one transport and the node that it is on.
 * @throws AppError `not_found`
 */
export async function loadTransportPlan(
  id: string,
  db: Database | Transaction = getDb(),
): Promise<{ plan: TransportPlan; node: { id: string; name: string; path: string[] } }> {
  const [found] = await db
    .select({ ...planColumns, node: { id: nodes.id, name: nodes.name, path: nodes.path } })
    .from(transports)
    .innerJoin(nodes, eq(nodes.id, transports.nodeId))
    .leftJoin(credentials, eq(credentials.id, transports.credentialId))
    .leftJoin(wsdls, eq(wsdls.transportId, transports.id))
    .leftJoin(proxies, eq(proxies.id, transports.proxyId))
    .leftJoin(certificateAuthorities, eq(certificateAuthorities.id, transports.trustedCaId))
    .where(eq(transports.id, id));
  if (!found) throw notFound("transport", id);
  return { plan: toTransportPlan(found.transport, found), node: found.node };
}

function planSoap(row: TransportRow, wsdl: WsdlColumns | null): SoapPlan | null {
  if (!row.soap) return null;
  const settings = readSoapSettings(row.soap);
  return {
    settings,
    ...resolvePort(settings, wsdl?.services ?? []),
    wsdl: wsdl?.hash ? { hash: wsdl.hash, bytes: wsdl.bytes } : null,
    failure: wsdl?.failure ?? null,
    wssePasswordEnvelope: row.wssePasswordEnvelope,
  };
}

function planAuthorization(row: TransportRow, credential: PlannedCredential | null): PlannedAuthorization {
  if (row.authorizationKind === "credential" && credential) {
    return { kind: "credential", credential: { ...credential, hostsState: readHostsState(credential.hostsState) } };
  }
  if (row.authorizationKind === "basic") {
    return { kind: "basic", username: row.basicUsername ?? "", passwordEnvelope: row.basicPasswordEnvelope };
  }
  return { kind: "none" };
}
