import { createHash } from "node:crypto";
import type { transports } from "#drizzle/schema/transports.ts";
import type { RouteState } from "./model.ts";

type Row = typeof transports.$inferSelect;

/** The columns that a secret's route follows from. */
type RouteColumns = Pick<
  Row,
  "authorizationKind" | "credentialId" | "http" | "soap" | "proxy" | "trustedCa" | "trustedCaId" | "clientCertificate"
>;

/** The fields with which a transport leaves the usual route: its own proxy and certificate authorities. Named ones are made by admins. */
export function listRouteFields({ proxy, trustedCa }: Pick<Row, "proxy" | "trustedCa">): ("proxy.url" | "trustedCa")[] {
  return [...(proxy.mode === "manual" ? (["proxy.url"] as const) : []), ...(trustedCa ? (["trustedCa"] as const) : [])];
}

/** Whether a transport sends a token or password over a route of its own, which could read it. */
export function needsApproval(row: RouteColumns): boolean {
  const sendsSecret = row.authorizationKind !== "none" || Boolean(row.soap?.security);
  return sendsSecret && listRouteFields(row).length > 0;
}

/** Names a route with the secret that takes it and the servers that it leads to. */
export function hashRoute(row: RouteColumns): string {
  const { authorizationKind, credentialId, http, soap, proxy, trustedCa, trustedCaId, clientCertificate } = row;
  const urls = http ? [http.url] : [soap?.wsdlUrl, soap?.endpointUrl];
  const origins = urls.map((url) => (url && URL.canParse(url) ? new URL(url).origin : ""));
  const { mode } = proxy;
  const way =
    mode === "manual" ? [proxy.url, proxy.username, proxy.bypass] : mode === "named" ? [mode, proxy.proxyId] : [mode];
  // Hashes from before there were named authorities stay valid.
  const named = trustedCaId === null ? [] : [trustedCaId];
  const parts = [authorizationKind, credentialId, origins, way, trustedCa, clientCertificate, ...named];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

/** Whether the stored approval is for the stored route. */
export function readRouteState(row: RouteColumns & Pick<Row, "routeApproval">): RouteState {
  if (!needsApproval(row)) return "not_required";
  return row.routeApproval?.hash === hashRoute(row) ? "approved" : "not_approved";
}
