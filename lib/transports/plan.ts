import { eq } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { getDb } from "../db/client.ts";
import { notFound } from "../errors.ts";
import type { ProxySettings } from "../proxies/model.ts";
import type { HttpSettings, TransportType } from "./model.ts";

/** The credential of a transport: enough to ask `lib/tokens` for its token and to know where that may be sent. */
export type PlannedCredential = {
  id: string;
  name: string;
  version: number;
  scope: string;
  enabled: boolean;
  refreshIntervalSeconds: number;
  allowedHosts: string[];
};

/** Where a run's Authorization comes from; secrets still sealed. */
export type PlannedAuthorization =
  | { kind: "none" }
  | { kind: "basic"; username: string; passwordEnvelope: string | null }
  | { kind: "credential"; credential: PlannedCredential };

/** Everything that a run needs to know of its transport, as it is cached. */
export type TransportPlan = {
  id: string;
  name: string;
  type: TransportType;
  http: HttpSettings | null;
  authorization: PlannedAuthorization;
  proxy: ProxySettings;
  proxyPasswordEnvelope: string | null;
  connectTimeoutMs: number;
  timeoutMs: number;
  maxResponseBytes: number;
  followRedirects: boolean;
  trustedCa: string | null;
};

/** The columns that `toTransportPlan` reads; a query over more tables selects them beside its own. */
export const planColumns = {
  transport: transports,
  credential: {
    id: credentials.id,
    name: credentials.name,
    version: credentials.version,
    scope: credentials.scope,
    enabled: credentials.enabled,
    refreshIntervalSeconds: credentials.refreshIntervalSeconds,
    allowedHosts: credentials.allowedHosts,
  },
};

/** A plan from the row of a transport and its credential. */
export function toTransportPlan(
  row: typeof transports.$inferSelect,
  credential: PlannedCredential | null,
): TransportPlan {
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    http: row.http,
    authorization: planAuthorization(row, credential),
    proxy: row.proxy,
    proxyPasswordEnvelope: row.proxyPasswordEnvelope,
    connectTimeoutMs: row.connectTimeoutMs,
    timeoutMs: row.timeoutMs,
    maxResponseBytes: row.maxResponseBytes,
    followRedirects: row.followRedirects,
    trustedCa: row.trustedCa,
  };
}

/**
 * Reads the plan of one transport and the node that it is on.
 * @throws AppError `not_found`
 */
export async function loadTransportPlan(
  id: string,
): Promise<{ plan: TransportPlan; node: { id: string; name: string; path: string[] } }> {
  const [found] = await getDb()
    .select({ ...planColumns, node: { id: nodes.id, name: nodes.name, path: nodes.path } })
    .from(transports)
    .innerJoin(nodes, eq(nodes.id, transports.nodeId))
    .leftJoin(credentials, eq(credentials.id, transports.credentialId))
    .where(eq(transports.id, id));
  if (!found) throw notFound("transport", id);
  return { plan: toTransportPlan(found.transport, found.credential), node: found.node };
}

function planAuthorization(
  row: typeof transports.$inferSelect,
  credential: PlannedCredential | null,
): PlannedAuthorization {
  if (row.authorizationKind === "credential" && credential) return { kind: "credential", credential };
  if (row.authorizationKind === "basic") {
    return { kind: "basic", username: row.basicUsername ?? "", passwordEnvelope: row.basicPasswordEnvelope };
  }
  return { kind: "none" };
}
