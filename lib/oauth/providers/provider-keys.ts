import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { fetchDocument, type ProviderRoute } from "./documents.ts";

/**
 * The provider's signing keys as jose asks for them. Cached; a token that names a key which is not among them lets them be
 * fetched again at once, so that a rotation at the provider goes unnoticed (OpenID Connect Core 1.0 section 10.1.1).
 * @throws (when asked for a key) AppError as `fetchDocument`; jose's `JWKSNoMatchingKey` when there is no such key.
 */
export function getProviderKeys(jwksUrl: string, route: ProviderRoute, now: () => number): JWTVerifyGetKey {
  return async (header, token) => {
    const known = await fetchDocument(jwksUrl, route, now);
    try {
      return await pick(known.json, jwksUrl)(header, token);
    } catch (err) {
      if (!(err instanceof errors.JWKSNoMatchingKey) && !(err instanceof errors.JWKSMultipleMatchingKeys)) throw err;
      if (err instanceof errors.JWKSMultipleMatchingKeys) throw new errors.JWKSNoMatchingKey();
      const renewed = await fetchDocument(jwksUrl, route, now, known.fetchedAt);
      return pick(renewed.json, jwksUrl)(header, token);
    }
  };
}

function pick(json: Record<string, unknown>, jwksUrl: string): JWTVerifyGetKey {
  if (!Array.isArray(json.keys)) {
    throw new AppError("token_response_invalid", `${jwksUrl} does not answer with a set of keys.`, {
      hint: "Check the JWKS URL.",
    });
  }
  return createLocalJWKSet(json as unknown as JSONWebKeySet);
}
