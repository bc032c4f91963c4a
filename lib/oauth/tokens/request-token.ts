import { requestEntraToken } from "./entra.ts";
import { requestGenericToken } from "./generic.ts";
import type { ReceivedToken, TokenClient } from "./model.ts";

/**
 * Asks the provider for a token, through the library that fits it.
 * @param now clock, milliseconds.
 * @throws AppError `token_request_refused`, `token_endpoint_unavailable`, `token_response_invalid`, `invalid_input`, or a
 *   network code of `sendRequest`.
 */
export function requestToken(client: TokenClient, now: () => number): Promise<ReceivedToken> {
  return client.provider === "entra" ? requestEntraToken(client, now) : requestGenericToken(client, now);
}
