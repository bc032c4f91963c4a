import {
  explainHost,
  explainRequest,
  isDestinationAllowed,
  type TokenReach,
} from "#lib/oauth/credentials/allowed-hosts.ts";
import { changedOutside } from "#lib/platform/crypto/envelope.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { isHostAllowed, toHostEntry } from "#lib/platform/net/hosts.ts";
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
    throw hostNotAllowed(authorization.credential.name, url);
  }
  if (sender.routeState === "not_approved") throw routeNotApproved(sender.name);
}

/**
 * The Authorization header of a request to a URL: Basic (RFC 7617, UTF-8) or Bearer (RFC 6750 section 2.1), or no header.
 * @throws AppError as `requireDestination`; `secret_unreadable` if the allowed hosts were changed outside Sallyport since the token
 *   was obtained
 */
export function authorize(sender: SecretSender, url: string, authorization: Authorization): [string, string][] {
  if (authorization.kind === "none") return [];
  requireDestination(sender, url);
  if (authorization.kind === "bearer" && !isReached(sender, authorization.reach, url)) throw changedOutside();
  if (authorization.kind === "bearer") return [["authorization", `Bearer ${authorization.token}`]];
  const { username, password } = authorization;
  return [["authorization", `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`]];
}

/** Whether a token can go to a URL: by what it was obtained with, and what an admin confirms. */
function isReached({ authorization }: SecretSender, reach: TokenReach, url: string): boolean {
  const confirmed = authorization.kind === "credential" ? (authorization.credential.confirmedHosts ?? []) : [];
  return isDestinationAllowed(reach, url) || isHostAllowed(url, confirmed);
}

/** Says that a credential's token can't go to a URL, and what has to be added to the credential. */
export function hostNotAllowed(
  credential: string,
  url: string,
  { field, mayAllow = false }: { field?: string; mayAllow?: boolean } = {},
): AppError {
  if (!URL.canParse(url))
    return new AppError("host_not_allowed", `${credential} can't send its token: there is no URL.`);
  const message = explainHost(credential, url);
  return new AppError("host_not_allowed", message, {
    hint: explainRequest(credential, toHostEntry(url), mayAllow),
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
