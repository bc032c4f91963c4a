import type { ReceivedUserTokens } from "#lib/oauth/tokens/model.ts";
import { sessionTokensAad } from "#lib/platform/crypto/aad.ts";
import { openSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import type { SessionTokens } from "../model.ts";

/**
 * The provider's tokens of a session, sealed for its row and for where the credential's tokens can go.
 * @param destination hash of the credential's.
 */
export function sealSessionTokens(sessionId: string, destination: string, tokens: SessionTokens): string {
  return sealSecret(JSON.stringify(tokens), sessionTokensAad(sessionId, destination));
}

/**
 * Opens the tokens of a session's row.
 * @throws AppError `secret_unreadable`
 */
export function openSessionTokens(sessionId: string, destination: string, envelope: string): SessionTokens {
  return JSON.parse(openSecret(envelope, sessionTokensAad(sessionId, destination)));
}

/** What a sign-in or a renewal brought, as a session keeps it; a provider that sends no new refresh token means the old one. */
export function toSessionTokens(received: ReceivedUserTokens, before: SessionTokens | null = null): SessionTokens {
  return {
    accessToken: received.accessToken,
    acquiredAt: received.requestedAt,
    accessTokenExpiresAt: received.requestedAt + received.expiresInSeconds * 1000,
    refreshToken: received.refreshToken ?? before?.refreshToken ?? null,
    idToken: received.idToken ?? before?.idToken ?? null,
  };
}
