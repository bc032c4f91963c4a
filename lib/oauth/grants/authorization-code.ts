import type { GrantClient, GrantKind, GrantRequest } from "./model.ts";

type ScopedClient = Pick<GrantClient, "scope">;

/** RFC 6749 section 4.1 with PKCE (RFC 7636), and the renewal of its tokens (section 6). */
export const authorizationCode = {
  credentialType: "user",
  label: "Authorization Code",
  parameters: ["code", "code_verifier", "redirect_uri", "refresh_token", "scope"],
} as const satisfies GrantKind;

/** The code that a sign-in brought, and what it was requested with. */
export type CodeExchange = { code: string; codeVerifier: string; redirectUri: string };

/** Builds the request that redeems a code (RFC 6749 section 4.1.3, RFC 7636 section 4.5). */
export function buildCodeRequest(client: ScopedClient, exchange: CodeExchange): GrantRequest {
  const { code, codeVerifier, redirectUri } = exchange;
  return {
    grantType: "authorization_code",
    parameters: { code, code_verifier: codeVerifier, redirect_uri: redirectUri },
    allowsPublicClient: true,
    msal: {
      method: "acquireTokenByCode",
      request: { scopes: ["openid"], ...exchange },
      scope: signInScope(client),
      needsTenant: false,
    },
  };
}

/** Builds the request that refreshes a user's tokens. Without a scope, they keep what was granted (RFC 6749 section 6). */
export function buildRefreshRequest(refreshToken: string): GrantRequest {
  return {
    grantType: "refresh_token",
    parameters: { refresh_token: refreshToken },
    allowsPublicClient: true,
    msal: {
      method: "acquireTokenByRefreshToken",
      request: { scopes: ["openid"], refreshToken },
      scope: "",
      needsTenant: false,
    },
  };
}

/** Returns the scope of a sign-in: the credential's, and `openid` in any case, without which there is no ID token. */
export function signInScope({ scope }: ScopedClient): string {
  const scopes = scope.split(" ").filter(Boolean);
  if (scopes.length === 0) return "openid profile";
  return scopes.includes("openid") ? scope : `openid ${scope}`;
}
