import { tokenUrlOf } from "#lib/oauth/client-authentication/mutual-tls.ts";
import { buildCodeRequest, buildRefreshRequest, type CodeExchange } from "#lib/oauth/grants/authorization-code.ts";
import { buildClientCredentialsRequest } from "#lib/oauth/grants/client-credentials.ts";
import type { GrantRequest } from "#lib/oauth/grants/model.ts";
import type { AuthorizationRequest, ReceivedToken, ReceivedUserTokens, TokenClient } from "./model.ts";
import { withSlot } from "./provider-slots.ts";
import { buildEntraAuthorizationUrl, requestThroughMsal } from "./request/entra.ts";
import { buildGenericAuthorizationUrl, requestThroughOpenidClient } from "./request/generic.ts";

/**
 * Requests a token for an application.
 * @param now clock, milliseconds.
 * @throws AppError `token_request_refused`, `token_endpoint_unavailable`, `token_response_invalid`, `invalid_input`, or a
 *   network code of `sendRequest`.
 */
export function requestToken(client: TokenClient, now: () => number): Promise<ReceivedToken> {
  return send(client, buildClientCredentialsRequest(client), now);
}

/** Builds the URL at which a user signs in. */
export async function buildSignInUrl(client: TokenClient, request: AuthorizationRequest): Promise<string> {
  return client.provider === "entra"
    ? buildEntraAuthorizationUrl(client, request)
    : buildGenericAuthorizationUrl(client, request);
}

/**
 * Redeems the code that a sign-in brought. The ID token is not verified yet.
 * @param now clock, milliseconds.
 * @throws AppError as `requestToken`
 */
export function exchangeCode(
  client: TokenClient,
  exchange: CodeExchange,
  now: () => number,
): Promise<ReceivedUserTokens> {
  return withSlot(tokenUrlOf(client), () => send(client, buildCodeRequest(client, exchange), now));
}

/**
 * Refreshes the tokens of a signed-in user. A provider may answer without a new refresh token: the old one stays valid.
 * @throws AppError as `requestToken`; `token_request_refused` with the provider's `invalid_grant` when the session is over there.
 */
export function refreshUserTokens(
  client: TokenClient,
  refreshToken: string,
  now: () => number,
): Promise<ReceivedUserTokens> {
  return withSlot(tokenUrlOf(client), () => send(client, buildRefreshRequest(refreshToken), now));
}

/** Sends a grant's request through the library for the provider; each only builds the request. */
function send(client: TokenClient, request: GrantRequest, now: () => number): Promise<ReceivedUserTokens> {
  return client.provider === "entra"
    ? requestThroughMsal(client, request, now)
    : requestThroughOpenidClient(client, request, now);
}
