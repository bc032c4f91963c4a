import { clientAuthenticationMethods } from "#lib/oauth/client-authentication/registry.ts";
import type { NameValue } from "./model.ts";
import { grants } from "./registry.ts";

/** Parameters of a token request that other fields or Sallyport decide (RFC 6749, RFC 7523), so that no credential adds them. */
export const reservedParameters: ReadonlySet<string> = new Set([
  "grant_type",
  // Of a grant that isn't offered, with which a user's password would be kept in plain text (RFC 6749 section 4.3).
  "username",
  "password",
  ...Object.values(clientAuthenticationMethods).flatMap(({ parameters }) => parameters),
  ...Object.values(grants).flatMap(({ parameters }) => parameters),
]);

/** Grants whose parameters Sallyport doesn't take from `tokenParameters`. */
export const unavailableGrants: ReadonlySet<string> = new Set(["authorization_code", "password", "refresh_token"]);

/** Returns a credential's extra token parameters in their order, without those that are reserved. */
export function listExtraParameters({ tokenParameters }: { tokenParameters: readonly NameValue[] }): NameValue[] {
  return tokenParameters.filter(({ name }) => !reservedParameters.has(name));
}
