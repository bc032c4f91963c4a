import { buildEntraAuthorizationUrl, exchangeEntraCode, refreshEntraTokens } from "./entra.ts";
import { buildGenericAuthorizationUrl, exchangeGenericCode, refreshGenericTokens } from "./generic.ts";
import type { AuthorizationRequest, CodeExchange, ReceivedUserTokens, TokenClient } from "./model.ts";
import { withSlot } from "./provider-slots.ts";
import { tokenUrlOf } from "./token-endpoint.ts";

/** The URL at which a person signs in, through the library that fits the provider. */
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
  return withSlot(tokenUrlOf(client), () =>
    client.provider === "entra" ? exchangeEntraCode(client, exchange, now) : exchangeGenericCode(client, exchange, now),
  );
}

/**
 * Renews the tokens of a person who is signed in. A provider may answer without a new refresh token: the old one stays.
 * @throws AppError as `requestToken`; `token_request_refused` with the provider's `invalid_grant` when it is over there.
 */
export function refreshUserTokens(
  client: TokenClient,
  refreshToken: string,
  now: () => number,
): Promise<ReceivedUserTokens> {
  return withSlot(tokenUrlOf(client), () =>
    client.provider === "entra"
      ? refreshEntraTokens(client, refreshToken, now)
      : refreshGenericTokens(client, refreshToken, now),
  );
}
