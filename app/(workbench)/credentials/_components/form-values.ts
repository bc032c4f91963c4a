import { toKeyPairInput } from "#app/_ui/key-pair-values.ts";
import type { Grant, Role } from "#lib/access/permissions/permissions.ts";
import { type ClientAuthentication, usesKey, usesSecret } from "#lib/oauth/client-authentication/registry.ts";
import { providerOfEndpoint } from "#lib/oauth/credentials/endpoint.ts";
import { deriveEntraUrls, type EntraUrls, isSharedTenant } from "#lib/oauth/credentials/entra-url.ts";
import {
  type ClaimsSource,
  type CredentialDetail,
  type CredentialType,
  grantTypes,
  type MfaRequirement,
  type PostLogin,
  type Provider,
  type ResponseMode,
  type RoleMapping,
} from "#lib/oauth/credentials/model.ts";
import type { CredentialInput, CredentialUpdate } from "#lib/oauth/credentials/schema.ts";

/** What the form's fields hold. A secret is undefined while the stored one is kept. */
export type FormValues = {
  name: string;
  type: CredentialType;
  provider: Provider | "";
  endpointUrl: string;
  clientId: string;
  clientAuthentication: ClientAuthentication;
  clientSecret: string | undefined;
  privateKey: string | undefined;
  certificate: string;
  pkcs12: string;
  passphrase: string;
  presentCertificate: boolean;
  secretExpiresOn: string;
  scope: string;
  tokenParameters: { name: string; value: string }[];
  refreshIntervalSeconds: number | string;
  proxy: {
    mode: "none" | "environment" | "manual";
    url: string;
    username: string;
    password: string | undefined;
    bypass: string[];
  };
  allowedHosts: string[];
  owner: string;
  ownerEmail: string;
  notes: string;
  discoveryUrl: string;
  issuer: string;
  authorizationUrl: string;
  jwksUrl: string;
  jwtUsernameKey: string;
  jwtRolesKey: string;
  roleMapping: RoleMapping[];
  mfa: MfaRequirement;
  postLogin: PostLogin;
  claimsSource: ClaimsSource;
  /** An empty role is none: no access without a mapped role. */
  defaultRole: { role: Role | ""; nodeId: string | null };
  responseMode: ResponseMode;
  mfaContext: string;
  /** Separated by spaces or commas. */
  mfaMethods: string;
  providerLogout: boolean;
  allowedTenants: string;
  offeredAt: string[];
};

/** The fields of a new credential. */
export const emptyValues: FormValues = {
  name: "",
  type: "application",
  provider: "",
  endpointUrl: "",
  clientId: "",
  clientAuthentication: "client_secret_post",
  clientSecret: "",
  privateKey: "",
  certificate: "",
  pkcs12: "",
  passphrase: "",
  presentCertificate: false,
  secretExpiresOn: "",
  scope: "",
  tokenParameters: [],
  refreshIntervalSeconds: 1800,
  proxy: { mode: "none", url: "", username: "", password: "", bypass: [] },
  allowedHosts: [],
  owner: "",
  ownerEmail: "",
  notes: "",
  discoveryUrl: "",
  issuer: "",
  authorizationUrl: "",
  jwksUrl: "",
  jwtUsernameKey: "preferred_username",
  jwtRolesKey: "roles",
  roleMapping: [],
  mfa: "none",
  postLogin: "close",
  claimsSource: "id_token",
  defaultRole: { role: "", nodeId: null },
  responseMode: "query",
  mfaContext: "",
  mfaMethods: "",
  providerLogout: false,
  allowedTenants: "",
  offeredAt: [],
};

/** The fields of a stored credential. */
export function toFormValues(credential: CredentialDetail): FormValues {
  const { proxy } = credential;
  const manual = proxy.mode === "manual" ? proxy : null;
  const follows = credential.provider === providerOfEndpoint(credential.endpointUrl);
  return {
    name: credential.name,
    type: credential.type,
    provider: follows ? "" : credential.provider,
    endpointUrl: credential.endpointUrl,
    clientId: credential.clientId,
    clientAuthentication: credential.clientAuthentication,
    clientSecret: credential.clientSecretSetAt === null ? "" : undefined,
    privateKey: credential.privateKeySetAt === null ? "" : undefined,
    certificate: credential.certificate ?? "",
    pkcs12: "",
    passphrase: "",
    presentCertificate: credential.presentCertificate,
    secretExpiresOn: credential.secretExpiresOn ?? "",
    scope: credential.scope,
    tokenParameters: Object.entries(credential.tokenParameters).map(([name, value]) => ({ name, value })),
    refreshIntervalSeconds: credential.refreshIntervalSeconds,
    proxy: {
      mode: proxy.mode,
      url: manual?.url ?? "",
      username: manual?.username ?? "",
      password: manual?.passwordSetAt ? undefined : "",
      bypass: manual?.bypass ?? [],
    },
    allowedHosts: credential.allowedHosts,
    owner: credential.owner,
    ownerEmail: credential.ownerEmail,
    notes: credential.notes,
    discoveryUrl: credential.discoveryUrl ?? "",
    issuer: credential.issuer ?? "",
    authorizationUrl: credential.authorizationUrl ?? "",
    jwksUrl: credential.jwksUrl ?? "",
    jwtUsernameKey: credential.jwtUsernameKey ?? emptyValues.jwtUsernameKey,
    jwtRolesKey: credential.jwtRolesKey ?? emptyValues.jwtRolesKey,
    roleMapping: credential.roleMapping,
    mfa: credential.mfa,
    postLogin: credential.postLogin,
    claimsSource: credential.claimsSource,
    defaultRole: credential.defaultRole ?? emptyValues.defaultRole,
    responseMode: credential.responseMode,
    mfaContext: credential.mfaContext ?? "",
    mfaMethods: credential.mfaMethods.join(" "),
    providerLogout: credential.providerLogout,
    allowedTenants: credential.allowedTenants.join(" "),
    offeredAt: credential.offeredAt,
  };
}

/**
 * The fields as the schema takes them. What the form does not show (of the other type, the other client authentication,
 * URLs that follow from Entra's endpoint) is left out, so that no complaint is about a field that nobody sees.
 */
export function toInput(values: FormValues): CredentialInput {
  const { mode, url, username, password, bypass } = values.proxy;
  const isDerived = derivedUrls(values) !== null;
  const shown = (url: string) => (isDerived ? null : url || null);
  const user = {
    discoveryUrl: shown(values.discoveryUrl),
    issuer: shown(values.issuer),
    authorizationUrl: shown(values.authorizationUrl),
    jwksUrl: shown(values.jwksUrl),
    jwtUsernameKey: values.jwtUsernameKey,
    jwtRolesKey: values.jwtRolesKey,
    roleMapping: values.roleMapping,
    mfa: values.mfa,
    postLogin: values.postLogin,
    claimsSource: values.claimsSource,
    defaultRole: toDefaultRole(values.defaultRole),
    responseMode: values.responseMode,
    mfaContext: values.mfa === "required" ? values.mfaContext || null : null,
    mfaMethods: values.mfa === "required" ? values.mfaMethods.split(/[\s,]+/).filter(Boolean) : [],
    providerLogout: values.providerLogout,
    allowedTenants: isSharedTenant(values.endpointUrl) ? values.allowedTenants.split(/[\s,]+/).filter(Boolean) : [],
    offeredAt: values.offeredAt,
  };
  // A blank secret of a public client is none; elsewhere the schema asks for it.
  const blankSecret = values.clientSecret === "" && values.type === "user";
  const presentCertificate = values.presentCertificate && !values.clientAuthentication.endsWith("tls_client_auth");
  return {
    name: values.name,
    type: values.type,
    grantType: grantTypes[values.type],
    provider: values.provider || null,
    endpointUrl: values.endpointUrl,
    clientId: values.clientId,
    clientAuthentication: values.clientAuthentication,
    presentCertificate,
    ...(usesSecret(values) ? { clientSecret: blankSecret ? null : values.clientSecret } : {}),
    ...(usesKey(values) ? toKeyPairInput(values) : {}),
    secretExpiresOn: values.secretExpiresOn || null,
    scope: values.scope,
    tokenParameters: Object.fromEntries(
      values.tokenParameters
        .filter(({ name, value }) => name !== "" || value !== "")
        .map(({ name, value }) => [name, value]),
    ),
    // A cleared number is "", which the schema calls by its name.
    refreshIntervalSeconds: values.refreshIntervalSeconds as number,
    proxy: mode === "manual" ? { mode, url, username, password: password === "" ? null : password, bypass } : { mode },
    allowedHosts: values.allowedHosts,
    owner: values.owner,
    ownerEmail: values.ownerEmail.trim(),
    notes: values.notes,
    ...(values.type === "user" ? user : {}),
  };
}

/** The role of who has no mapped one, null when they are not let in. */
export function toDefaultRole({ role, nodeId }: FormValues["defaultRole"]): Grant | null {
  return role === "" ? null : { role, nodeId };
}

/** The URLs that follow from the endpoint of an Entra tenant, null for another provider. */
export function derivedUrls(values: Pick<FormValues, "endpointUrl" | "provider">): EntraUrls | null {
  const provider = values.provider || providerOfEndpoint(values.endpointUrl);
  return provider === "entra" ? deriveEntraUrls(values.endpointUrl) : null;
}

/** What of the form differs from what it started with, for an edit. Secrets count when they are entered or removed. */
export function toUpdate(values: FormValues, from: FormValues, version: number): CredentialUpdate {
  const before: Record<string, unknown> = toInput(from);
  const after = toInput(values);
  const changed = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]),
  );
  return { ...Object.fromEntries(changed), version };
}
