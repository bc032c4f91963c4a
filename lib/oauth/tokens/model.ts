import type { ClientAuthentication } from "#lib/oauth/client-authentication/registry.ts";
import type { TokenReach } from "#lib/oauth/credentials/allowed-hosts.ts";
import type { NameValue } from "#lib/oauth/grants/model.ts";
import type { ErrorCode, ProviderError } from "#lib/platform/errors/app-error.ts";
import type { OpenProxySettings } from "#lib/platform/net/proxy-settings.ts";
import type { NetworkTrace } from "#lib/platform/net/trace.ts";

/** What `getToken` needs to know of a credential; from a cache that is right within 2 s of an edit. */
export type TokenSubject = {
  id: string;
  name: string;
  /** The credential's version: an edit makes a new one, and the old one's token is never used again. */
  version: number;
  scope: string;
  enabled: boolean;
  refreshIntervalSeconds: number;
};

/** Where a token came from: memory or the database, the first request, or a renewal. */
export type TokenSource = "cache" | "acquired" | "refreshed";

/** A token to send, with what a receipt says about it. Times in milliseconds since 1970. */
export type IssuedToken = {
  accessToken: string;
  /** Counts renewals of this version; `dropToken` names the one that was refused. */
  generation: number;
  source: TokenSource;
  acquiredAt: number;
  expiresAt: number;
  credentialId: string;
  credentialVersion: number;
  /** Where it can go, of the credential whose secrets brought it: a row that was changed outside Sallyport doesn't count. */
  reach: TokenReach;
};

/** Why a token is asked for, for the event log: `trigger Send order`, `renewal`, `Anna`. */
export type TokenCause = { cause: string; runId?: string };

/** What a token request needs of a credential, secrets opened; an `OpenCredential` fits. */
export type TokenClient = {
  provider: "entra" | "generic";
  /** The token endpoint. */
  endpointUrl: string;
  /** Where the token endpoint is for who shows a certificate in TLS, if the provider has it elsewhere (RFC 8705 section 5). */
  mutualTlsUrl?: string | null | undefined;
  clientId: string;
  clientAuthentication: ClientAuthentication;
  /** The certificate is shown in TLS beside another client authentication. */
  presentCertificate: boolean;
  clientSecret: string | null;
  /** PEM, PKCS #8. */
  privateKey: string | null;
  /** PEM, the leaf first. */
  certificate: string | null;
  scope: string;
  /** More parameters of the token request, such as `audience` and `resource`. */
  tokenParameters: NameValue[];
  /** More headers of the token request. */
  tokenHeaders: NameValue[];
  /** Path of the access token in the response, null = `access_token`. */
  tokenMember: string | null;
  /** Whether tokens of types that aren't known as Bearer are sent as Bearer. */
  acceptAnyTokenType: boolean;
  proxy: OpenProxySettings;
  /** PEM of certificate authorities that are trusted in addition to the usual ones. */
  trustedCa: string | null;
  /** Filled with how the token request goes, for a check. */
  trace?: NetworkTrace | undefined;
};

/** A token as the provider issued it. Times in milliseconds since 1970. */
export type ReceivedToken = {
  accessToken: string;
  /** Before the request was sent: what the lifetime counts from. */
  requestedAt: number;
  expiresInSeconds: number;
  scope: string | null;
  /** `none` or the proxy's URL without user and password. */
  proxy: string;
};

/** What a check wants to know of the request that it causes; stays empty when another one was under way already. */
export type CheckNotes = { trace: NetworkTrace | null; received: Pick<ReceivedToken, "scope" | "requestedAt"> | null };

/** What a sign-in or its renewal brought (OpenID Connect Core 1.0 section 3.1.3.3). */
export type ReceivedUserTokens = ReceivedToken & { idToken: string | null; refreshToken: string | null };

/** An authorization request that is about to be sent to the provider by way of the browser. */
export type AuthorizationRequest = {
  authorizationUrl: string;
  redirectUri: string;
  state: string;
  nonce: string;
  /** S256 of the PKCE verifier (RFC 7636 section 4.2). */
  codeChallenge: string;
  responseMode: "query" | "form_post";
  /** `select_account`: users choose an account. `none`: the provider shows no page (OpenID Connect Core 1.0 section 3.1.2.1). */
  prompt: "select_account" | "none" | null;
  /** `acr_values` (OpenID Connect Core 1.0 section 3.1.2.1), null = none. */
  acrValues: string | null;
  /** JSON of `claims` (section 5.5), null = none. */
  claims: string | null;
};

/** A failed token request as the `tokens` row keeps it, for those who are refused until the next attempt. */
export type StoredFailure = {
  code: ErrorCode;
  message: string;
  hint: string | null;
  retryable: boolean;
  provider: ProviderError | null;
};
