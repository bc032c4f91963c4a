import { createHash } from "node:crypto";
import type { transports } from "#drizzle/schema/transports.ts";
import { routeApprovalAad } from "#lib/platform/crypto/aad.ts";
import { getBindingStage } from "#lib/platform/crypto/binding.ts";
import { openSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import type { ProxySettings } from "#lib/platform/net/proxy-settings.ts";
import type { RouteApproval, RouteState } from "./model.ts";

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

/** Whether a transport sends a token, password, or secret header over a route of its own, which could read it. */
export function needsApproval(row: RouteColumns): boolean {
  const hasHeader = row.http?.headers.some(({ setAt }) => setAt !== undefined) ?? false;
  const sendsSecret = row.authorizationKind !== "none" || Boolean(row.soap?.security) || hasHeader;
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

type ApprovalColumns = Pick<Row, "routeApproval" | "routeApprovalEnvelope">;

/** The columns of an approval, sealed: whoever can write to the database can't approve. */
export function sealApproval(id: string, routeApproval: RouteApproval & { hash: string }): ApprovalColumns {
  return { routeApproval, routeApprovalEnvelope: sealSecret("approved", routeApprovalAad(id, routeApproval.hash)) };
}

/** Whether the stored approval is for the stored route, and was given in Sallyport. */
export function readRouteState(row: RouteColumns & ApprovalColumns & Pick<Row, "id">): RouteState {
  if (!needsApproval(row)) return "not_required";
  return row.routeApproval?.hash === hashRoute(row) && isSealed(row) ? "approved" : "not_approved";
}

function isSealed({ id, routeApproval, routeApprovalEnvelope: envelope }: ApprovalColumns & Pick<Row, "id">): boolean {
  // Approvals from before an upgrade are sealed by it.
  if (envelope === null) return getBindingStage() !== "bound";
  try {
    return openSecret(envelope, routeApprovalAad(id, routeApproval?.hash ?? "")) === "approved";
  } catch (err) {
    if (isAppError(err) && err.code === "secret_unreadable") return false;
    throw err;
  }
}

/** What decides where an HTTP transport's secret headers go. */
export type Reached = {
  http?: { url: string } | null;
  proxy: ProxySettings;
  trustedCa: string | null;
  trustedCaId: string | null;
};

/** Names where an HTTP transport sends headers: the server, and the transport's proxy and certificate authorities. */
export function nameDestination({ http, proxy, trustedCa, trustedCaId }: Reached): string {
  const origin = http && URL.canParse(http.url) ? new URL(http.url).origin : "";
  const own = proxy.mode === "manual" ? [new URL(proxy.url).origin, proxy.bypass] : null;
  const way = proxy.mode === "named" ? proxy.proxyId : own;
  const route = createHash("sha256")
    .update(JSON.stringify([way, trustedCa, trustedCaId]))
    .digest("base64url");
  return `${origin} ${route}`;
}
