import type { CredentialConfiguration } from "./model.ts";

/** Which secrets an edit sent: `replaced`, `removed`, or nothing. */
export type SecretChanges = Partial<Record<"clientSecret" | "privateKey" | "proxyPassword", "replaced" | "removed">>;

/** Fields of the configuration that an edit may change; the audit log keeps these. */
const auditedFields = [
  "version",
  "name",
  "type",
  "provider",
  "endpointUrl",
  "clientId",
  "clientAuthentication",
  "certificate",
  "presentCertificate",
  "scope",
  "tokenParameters",
  "refreshIntervalSeconds",
  "allowedHosts",
  "secretExpiresOn",
  "owner",
  "ownerEmail",
  "notes",
  "enabled",
  "discoveryUrl",
  "issuer",
  "authorizationUrl",
  "jwksUrl",
  "jwtUsernameKey",
  "jwtRolesKey",
  "roleMapping",
  "mfa",
  "postLogin",
  "claimsSource",
  "defaultRole",
  "responseMode",
  "mfaContext",
  "mfaMethods",
  "providerLogout",
  "allowedTenants",
  "offeredAt",
] as const satisfies (keyof CredentialConfiguration)[];

/**
 * A configuration as the audit log keeps it: nothing of how it does, and of each secret only whether it is set.
 * @param changes what the edit did to the secrets, for its "after".
 */
export function toAuditView(from: CredentialConfiguration, changes: SecretChanges = {}): Record<string, unknown> {
  const tell = (setAt: string | null) => (setAt === null ? "not set" : "set");
  const { proxy } = from;
  const manual = proxy.mode === "manual" ? proxy : null;
  return {
    ...Object.fromEntries(auditedFields.map((field) => [field, from[field]])),
    clientSecret: changes.clientSecret ?? tell(from.clientSecretSetAt),
    privateKey: changes.privateKey ?? tell(from.privateKeySetAt),
    proxy: manual ? { mode: manual.mode, url: manual.url, username: manual.username, bypass: manual.bypass } : proxy,
    proxyPassword: changes.proxyPassword ?? tell(manual?.passwordSetAt ?? null),
  };
}
