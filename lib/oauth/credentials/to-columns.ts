import type { credentials } from "#drizzle/schema/credentials.ts";
import type { ProxySettings } from "#lib/platform/net/proxy-settings.ts";
import { providerOfEndpoint } from "./endpoint.ts";
import { deriveEntraUrls } from "./entra-url.ts";
import type { CredentialConfiguration } from "./model.ts";
import type { CredentialFields } from "./schema.ts";
import { soonestExpiry } from "./secret-expiry.ts";

/** The columns that a person fills in, secrets aside. */
export type ConfigurationColumns = Omit<
  typeof credentials.$inferInsert,
  "id" | "type" | "version" | "createdAt" | "updatedAt" | "enabled" | StateColumn | SecretColumn
>;
type StateColumn =
  | "status"
  | "statusReason"
  | "statusField"
  | "errorCode"
  | "providerCode"
  | "lastCheckedAt"
  | "nextCheckAt"
  | "tokenExpiresAt"
  | "failingSince"
  | "unexplainedSince"
  | "failures"
  | "workedVersion";
type SecretColumn =
  | "clientSecretEnvelope"
  | "clientSecretSetAt"
  | "privateKeyEnvelope"
  | "privateKeySetAt"
  | "proxyPasswordEnvelope"
  | "proxyPasswordSetAt";

/** Parsed fields as columns: blanks become null, the provider is decided, what Entra's endpoint tells is not stored. */
export function toColumns(input: CredentialFields): ConfigurationColumns {
  const provider = input.provider ?? providerOfEndpoint(input.endpointUrl);
  const derived = provider === "entra" ? deriveEntraUrls(input.endpointUrl) : null;
  const own = (entered: string | null | undefined, known: string | null | undefined) =>
    !entered || entered === known ? null : entered;
  const isUser = input.type === "user";
  return {
    name: input.name,
    provider,
    endpointUrl: input.endpointUrl,
    clientId: input.clientId,
    clientAuthentication: input.clientAuthentication,
    certificate: input.certificate || null,
    presentCertificate: input.presentCertificate && !input.clientAuthentication.endsWith("tls_client_auth"),
    scope: input.scope,
    tokenParameters: input.tokenParameters,
    refreshIntervalSeconds: input.refreshIntervalSeconds,
    proxy: withoutPassword(input.proxy),
    allowedHosts: [...new Set(input.allowedHosts)],
    secretExpiresOn: input.secretExpiresOn || null,
    secretEndsAt:
      soonestExpiry({
        clientAuthentication: input.clientAuthentication,
        presentCertificate: input.presentCertificate,
        secretExpiresOn: input.secretExpiresOn || null,
        certificate: input.certificate || null,
      })?.at ?? null,
    owner: input.owner,
    ownerEmail: input.ownerEmail,
    notes: input.notes,
    discoveryUrl: own(input.discoveryUrl, derived?.discoveryUrl),
    issuer: own(input.issuer, derived?.issuer),
    authorizationUrl: own(input.authorizationUrl, derived?.authorizationUrl),
    jwksUrl: own(input.jwksUrl, derived?.jwksUrl),
    jwtUsernameKey: isUser ? input.jwtUsernameKey || "preferred_username" : null,
    jwtRolesKey: isUser ? input.jwtRolesKey || "roles" : null,
    roleMapping: input.roleMapping,
    mfa: input.mfa,
    postLogin: input.postLogin,
    claimsSource: input.claimsSource,
    defaultRole: input.defaultRole ?? null,
    responseMode: input.responseMode,
    mfaContext: input.mfaContext || null,
    mfaMethods: [...new Set(input.mfaMethods)],
    providerLogout: input.providerLogout,
    allowedTenants: [...new Set(input.allowedTenants)],
    offeredAt: [...new Set(input.offeredAt)],
  };
}

function withoutPassword(proxy: CredentialFields["proxy"]): ProxySettings {
  if (proxy.mode !== "manual") return { mode: proxy.mode };
  return { mode: "manual", url: proxy.url, username: proxy.username, bypass: proxy.bypass };
}

/** A stored configuration as it would be sent, secrets left out, so that an edit's fields can be laid over it. */
export function toFields(from: CredentialConfiguration): CredentialFields {
  const { proxy } = from;
  const manual = proxy.mode === "manual" ? { ...proxy, passwordSetAt: undefined, password: undefined } : proxy;
  return { ...from, clientSecret: undefined, privateKey: undefined, proxy: manual };
}
