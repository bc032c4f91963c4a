import { type Destinations, explainHost, isDestinationAllowed } from "#lib/oauth/credentials/allowed-hosts.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import type { Authorization } from "./model.ts";
import type { TransportPlan } from "./plan.ts";

/** What decides where a transport's secrets can go; unsaved values work too. */
export type SecretSender = Pick<TransportPlan, "name" | "authorization" | "routeState">;

/**
 * Decides whether a transport's secrets (token, password, headers) can go to a URL: scheme, host, and port by the credential's allowed
 * hosts, the route (proxy, certificates) by its approval. Everything that sends a secret asks here first.
 * @throws AppError `host_not_allowed`, `route_not_approved`
 */
export function requireDestination(sender: SecretSender, url: string): void {
  const { authorization } = sender;
  if (authorization.kind === "credential" && !isDestinationAllowed(authorization.credential, url)) {
    throw hostNotAllowed(authorization.credential, url);
  }
  if (sender.routeState === "not_approved") throw routeNotApproved(sender.name);
}

/**
 * The Authorization header of a request to a URL: Basic (RFC 7617, UTF-8) or Bearer (RFC 6750 section 2.1), or no header.
 * @throws AppError as `requireDestination`
 */
export function authorize(sender: SecretSender, url: string, authorization: Authorization): [string, string][] {
  if (authorization.kind === "none") return [];
  requireDestination(sender, url);
  if (authorization.kind === "bearer") return [["authorization", `Bearer ${authorization.token}`]];
  const { username, password } = authorization;
  return [["authorization", `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`]];
}

/** Explains where a credential's token can go. */
export function hostNotAllowed(credential: Destinations, url: string, field?: string): AppError {
  const message = explainHost(credential, url);
  return new AppError("host_not_allowed", message, {
    hint: "Correct the URL, pick another credential, or ask an admin to add the host to the credential's allowed hosts.",
    fields: field ? [{ field, message }] : [],
  });
}

function routeNotApproved(transport: string): AppError {
  return new AppError(
    "route_not_approved",
    `The proxy or trusted CA of the transport ${transport} isn't approved, so no token, password, or secret header is sent over it.`,
    { hint: "Ask an admin to check the transport's proxy and trusted CA, and to save the transport." },
  );
}
