import { clientAuthenticationMethods } from "#lib/oauth/client-authentication/registry.ts";
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

/** Returns a credential's extra token parameters, without those that are reserved. */
export function listExtraParameters({ tokenParameters }: { tokenParameters: Record<string, string> }) {
  return Object.entries(tokenParameters).filter(([name]) => !reservedParameters.has(name));
}
