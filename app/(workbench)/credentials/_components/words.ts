import type { ClientAuthentication } from "#lib/oauth/client-authentication/registry.ts";
import type {
  ClaimsSource,
  CredentialType,
  MfaRequirement,
  PostLogin,
  Provider,
  ResponseMode,
} from "#lib/oauth/credentials/model.ts";
import type { SecretEndFilter } from "#lib/oauth/credentials/schema.ts";

/** Labels of the fields, by their names in form and API. */
export const labels = {
  name: "Credential Name",
  type: "Type",
  grantType: "Grant Type",
  provider: "Provider",
  endpointUrl: "Endpoint URL",
  clientId: "Client ID",
  clientAuthentication: "Client authentication",
  clientSecret: "Client Secret",
  privateKey: "Private key",
  certificate: "Certificate",
  pkcs12: "PKCS #12 file",
  passphrase: "Passphrase",
  presentCertificate: "Show the certificate in TLS too",
  secretExpiresOn: "Secret expires on",
  scope: "Scope",
  tokenParameters: "Token parameters",
  refreshIntervalSeconds: "Refresh interval",
  proxy: "Proxy Settings",
  "proxy.mode": "Proxy Settings",
  "proxy.url": "Proxy URL",
  "proxy.username": "Proxy user",
  "proxy.password": "Proxy password",
  "proxy.bypass": "Hosts without proxy",
  proxyPassword: "Proxy password",
  allowedHosts: "Allowed hosts",
  owner: "Owner",
  ownerEmail: "Owner's e-mail",
  notes: "Notes",
  enabled: "Enabled",
  discoveryUrl: "Discovery URL",
  issuer: "Issuer",
  authorizationUrl: "Authorization URL",
  jwksUrl: "JWKS URL",
  jwtUsernameKey: "JWT Username",
  jwtRolesKey: "JWT Roles Key",
  roleMapping: "Role mapping",
  mfa: "Multi-factor authentication",
  postLogin: "After sign-in",
  claimsSource: "Claims from",
  defaultRole: "Default role",
  "defaultRole.role": "Default role",
  "defaultRole.nodeId": "Default role applies to",
  responseMode: "Response mode",
  mfaContext: "Authentication context",
  mfaMethods: "Accepted methods",
  providerLogout: "Sign out at the provider too",
  allowedTenants: "Allowed tenants",
  offeredAt: "Offered at",
} as const;

/** The label of a field, or its name when it has none. */
export function labelOf(field: string): string {
  return (labels as Record<string, string>)[field] ?? field;
}

export const secretEndWords: Record<SecretEndFilter, string> = {
  ended: "Ended",
  "7": "Within 7 days",
  "30": "Within 30 days",
  "60": "Within 60 days",
  unknown: "Not known",
};

export const typeWords: Record<CredentialType, string> = { application: "Application", user: "User" };
export const grantWords: Record<CredentialType, string> = {
  application: "Client Credentials",
  user: "Authorization Code",
};
export const providerWords: Record<Provider, string> = {
  entra: "Microsoft Entra ID",
  generic: "Another OAuth2 provider",
};
export const authenticationWords: Record<ClientAuthentication, string> = {
  client_secret_post: "Client secret in the request body",
  client_secret_basic: "Client secret as HTTP Basic",
  private_key_jwt: "Certificate (signed JWT)",
  tls_client_auth: "Certificate in TLS, issued by a CA",
  self_signed_tls_client_auth: "Certificate in TLS, self-signed",
};
export const mfaWords: Record<MfaRequirement, string> = { none: "Not required here", required: "Required" };
export const postLoginWords: Record<PostLogin, string> = {
  close: "Close the page",
  stay: "Stay and say that it worked",
};
export const claimsSourceWords: Record<ClaimsSource, string> = {
  id_token: "ID token",
  access_token: "Access token (a JWT)",
  userinfo: "Userinfo endpoint",
};
export const responseModeWords: Record<ResponseMode, string> = {
  query: "query (in the URL)",
  form_post: "form_post (posted by the browser)",
};
