import { createHash } from "node:crypto";
import type { credentialSecrets } from "#drizzle/schema/credential-secrets.ts";
import type { credentials } from "#drizzle/schema/credentials.ts";
import type { tokens } from "#drizzle/schema/tokens.ts";
import type { transports } from "#drizzle/schema/transports.ts";
import { type Binding, hashDestination } from "./binding.ts";

// The additional authenticated data of every stored secret: table, row, and field, and where the secret can go. An envelope that
// was copied elsewhere, or whose row was changed outside Sallyport to lead elsewhere, doesn't open. Secrets that Sallyport only
// compares with, and those whose destination is sealed with them, have no destination (docs/decisions/0034-bound-envelopes.md).

type CredentialColumns = typeof credentials.$inferSelect;

/** The columns that decide where a credential's secrets, codes, and tokens go, and whose word Sallyport takes for a sign-in. */
const destinationColumns = [
  "type",
  "provider",
  "endpointUrl",
  "discoveryUrl",
  "issuer",
  "authorizationUrl",
  "jwksUrl",
  "allowedTenants",
  "proxy",
  "trustedCaId",
  "allowedHosts",
] as const;

/** The columns of a credential that its envelopes are bound to. */
export type CredentialDestination = Pick<CredentialColumns, "id" | (typeof destinationColumns)[number]>;

/** Hashes where the secrets and tokens of a credential can go. */
export function hashCredentialDestination(row: CredentialDestination): string {
  return hashDestination(pickDestination(row));
}

function pickDestination(row: CredentialDestination): Record<string, unknown> {
  return Object.fromEntries(destinationColumns.map((name) => [name, row[name]]));
}

/** A secret in the row of a credential. */
export function credentialAad(
  row: CredentialDestination,
  field: "clientSecret" | "privateKey" | "proxyPassword",
): Binding {
  const destination = field === "proxyPassword" ? hashProxy(row.proxy) : hashCredentialDestination(row);
  return { place: `credentials/${row.id}.${field}`, destination };
}

type Slot = Pick<typeof credentialSecrets.$inferSelect, "slot" | "boundTo">;

/** The staged or previous secret of a credential. */
export function rotationAad(
  credential: CredentialDestination,
  { slot, boundTo }: Slot,
  field: "clientSecret" | "privateKey",
): Binding {
  return {
    place: `credential_secrets/${credential.id}/${slot}.${field}`,
    destination: hashDestination({ ...pickDestination(credential), boundTo }),
  };
}

type TokenKey = Pick<typeof tokens.$inferSelect, "credentialVersion" | "scope">;

/** The cached access token of a credential. */
export function tokenAad(credential: CredentialDestination, { credentialVersion, scope }: TokenKey): Binding {
  return {
    place: `tokens/${credential.id}/${credentialVersion}/${scope}`,
    destination: hashCredentialDestination(credential),
  };
}

type TransportColumns = typeof transports.$inferSelect;

/** The columns of a transport that its envelopes are bound to. */
export type TransportDestination = Pick<
  TransportColumns,
  "id" | "http" | "soap" | "proxy" | "trustedCa" | "trustedCaId"
>;

/** The secrets of a transport: of Basic, the proxy, the UsernameToken in SOAP headers, and the client certificate. */
export type TransportSecret = "basicPassword" | "proxyPassword" | "wssePassword" | "clientKey";

/**
 * A secret in the row of a transport.
 * @param address of the chosen port in the WSDL, null if it isn't known.
 */
export function transportAad(row: TransportDestination, address: string | null, field: TransportSecret): Binding {
  const { id, http, soap, proxy, trustedCa, trustedCaId } = row;
  const urls = { http: http?.url, wsdl: soap?.wsdlUrl, endpoint: soap && (soap.endpointUrl || address) };
  const origins = Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, originOf(url ?? "")]));
  const destination =
    field === "proxyPassword" ? hashProxy(proxy) : hashDestination({ ...origins, proxy, trustedCa, trustedCaId });
  return { place: `transports/${id}.${field}`, destination };
}

/** The approval of the route of a transport, which its hash names. */
export function routeApprovalAad(transportId: string, hash: string): Binding {
  return { place: `transports/${transportId}.routeApproval`, destination: hash };
}

/** The password of a proxy goes to the proxy alone. */
function hashProxy(proxy: CredentialColumns["proxy"]): string {
  return hashDestination({ proxy: proxy.mode === "manual" ? originOf(proxy.url) : proxy });
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
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

/**
 * The provider's tokens of a user's session.
 * @param destination hash of the credential's.
 */
export function sessionTokensAad(sessionId: string, destination: string): Binding {
  return { place: `sessions/${sessionId}.tokens`, destination };
}

/** What is kept of a sign-in between its request and its response. */
export function signInAad(attemptId: string, field: "secrets" | "claims"): string {
  return `sign_in_attempts/${attemptId}.${field}`;
}

/** The secret values of a list in a row: headers of a transport, a trigger, or token requests, and token parameters. */
export function listAad(
  table: "transports" | "triggers" | "credentials",
  id: string,
  field: "headers" | "tokenHeaders" | "tokenParameters",
): string {
  return `${table}/${id}.${field}`;
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
