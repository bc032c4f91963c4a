import { createHash } from "node:crypto";

// The additional authenticated data of every stored secret: table, row, and field. An envelope that was copied elsewhere doesn't open.

/** A secret in the row of a credential. */
export function credentialAad(id: string, field: "clientSecret" | "privateKey" | "proxyPassword"): string {
  return `credentials/${id}.${field}`;
}

/** The staged or previous secret of a credential. */
export function rotationAad(
  credentialId: string,
  slot: "staged" | "previous",
  field: "clientSecret" | "privateKey",
): string {
  return `credential_secrets/${credentialId}/${slot}.${field}`;
}

/** The cached access token of a credential. */
export function tokenAad(credentialId: string, version: number, scope: string): string {
  return `tokens/${credentialId}/${version}/${scope}`;
}

/** The secrets of a transport: of Basic, the proxy, the UsernameToken in SOAP headers, and the client certificate. */
export type TransportSecret = "basicPassword" | "proxyPassword" | "wssePassword" | "clientKey";

/** A secret in the row of a transport. */
export function transportAad(id: string, field: TransportSecret): string {
  return `transports/${id}.${field}`;
}

/** A signing secret of a webhook. */
export function webhookAad(triggerId: string, field: "secret" | "previousSecret"): string {
  return `webhooks/${triggerId}.${field}`;
}

/** A secret of an alert channel. */
export function channelAad(channelId: string, field: "url" | "secret"): string {
  return `alert_channels/${channelId}.${field}`;
}

/** The shared secret of a user's authenticator app. */
export function totpAad(userId: string): string {
  return `totp_factors/${userId}.secret`;
}

/** The provider's tokens of a user's session. */
export function sessionTokensAad(sessionId: string): string {
  return `sessions/${sessionId}.tokens`;
}

/** What is kept of a sign-in between its request and its response. */
export function signInAad(attemptId: string, field: "secrets" | "claims"): string {
  return `sign_in_attempts/${attemptId}.${field}`;
}

/** The password of a named proxy, bound to where it's sent. */
export function proxyAad(id: string, { url, username, bypass }: { url: string; username: string; bypass: string[] }) {
  return `proxies/${id}.password/${digest(JSON.stringify([url, username, bypass]))}`;
}

/** The seal of a named certificate authority, bound to its certificates. */
export function authorityAad(id: string, { certificates }: { certificates: string }): string {
  return `certificate_authorities/${id}.seal/${digest(certificates)}`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
