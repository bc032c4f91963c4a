import type { Grant, Role } from "#lib/access/permissions/permissions.ts";
import type { ClientAuthentication } from "#lib/oauth/client-authentication/registry.ts";
import type { CertificateInfo } from "#lib/platform/certificates/model.ts";
import type { OpenProxySettings } from "#lib/platform/net/proxy-settings.ts";
import type { Successor } from "./rotation-model.ts";

export const credentialTypes = ["application", "user"] as const;
export type CredentialType = (typeof credentialTypes)[number];

export const grantTypes = { application: "client_credentials", user: "authorization_code" } as const;
export type GrantType = (typeof grantTypes)[CredentialType];

export const providers = ["entra", "generic"] as const;
export type Provider = (typeof providers)[number];

/** Worst first: the order of the list when it is sorted by status (drizzle/schema/credentials.ts has the index). */
export const credentialStatuses = [
  "action_needed",
  "degraded",
  "expiring",
  "unverified",
  "active",
  "disabled",
] as const;
export type CredentialStatus = (typeof credentialStatuses)[number];

export const mfaRequirements = ["none", "required"] as const;
export type MfaRequirement = (typeof mfaRequirements)[number];

/** Where the username and the roles of a person are read: the ID token, the access token if it is a JWT, or userinfo. */
export const claimsSources = ["id_token", "access_token", "userinfo"] as const;
export type ClaimsSource = (typeof claimsSources)[number];

/** How the provider's answer comes back: in the URL, or posted as a form (OAuth 2.0 Form Post Response Mode). */
export const responseModes = ["query", "form_post"] as const;
export type ResponseMode = (typeof responseModes)[number];

/** What the page of a sign-in does when it succeeded: close itself, or stay and say so. */
export const postLoginBehaviours = ["close", "stay"] as const;
export type PostLogin = (typeof postLoginBehaviours)[number];

export type RoleMapping = { claimValue: string; role: Role; nodeId: string | null };

/** What refers to a credential and stands in the way of deleting it. */
export type CredentialUse = { kind: "transport"; id: string; name: string; nodeId: string; nodeName: string };

type Placed = { id: string; name: string; nodeId: string; nodeName: string };

/** What a change of a credential touches. Lists hold what the reader may see, the counts everything. */
export type BlastRadius = {
  transports: (Placed & { type: "HTTP" | "WS_SOAP" })[];
  /** Those that are due first, the soonest at the top. */
  triggers: (Placed & {
    transportId: string;
    enabled: boolean;
    event: "on_demand" | "schedule" | "webhook";
    /** When its schedule is due next; null when it has none, is paused or disabled. */
    nextDueAt: string | null;
  })[];
  /** Where these are, and where the credential is offered for sign-in. */
  nodes: { id: string; name: string }[];
  /** `sessions`: people who are signed in with it. */
  counts: { transports: number; triggers: number; sessions: number };
};

/** How a credential does, as its own columns tell. Times are ISO strings. */
export type CredentialState = {
  status: CredentialStatus;
  statusReason: string;
  /** Field of the form that most likely needs a change, null when none. */
  statusField: string | null;
  errorCode: string | null;
  /** `error` of RFC 6749 section 5.2, or the provider's own code. */
  providerCode: string | null;
  lastCheckedAt: string | null;
  nextCheckAt: string | null;
  tokenExpiresAt: string | null;
};

/** A row of the list. `usedBy` counts the transports. */
export type CredentialSummary = CredentialState & {
  id: string;
  version: number;
  name: string;
  type: CredentialType;
  grantType: GrantType;
  provider: Provider;
  endpointUrl: string;
  clientId: string;
  scope: string;
  enabled: boolean;
  owner: string;
  /** Where the owner gets alerts; blank = found by the owner's name. */
  ownerEmail: string;
  /** `2027-01-31` */
  secretExpiresOn: string | null;
  /** The end that comes first: of the secret as noted, or of the certificate in use. */
  secretEndsAt: string | null;
  createdAt: string;
  updatedAt: string;
  usedBy: number;
  /** The next secret or certificate, when it is staged already; null when none is. */
  successor: Successor | null;
};

/** Proxy settings as they are read back: the password only by when it was set. */
export type CredentialProxy =
  | { mode: "none" }
  | { mode: "environment" }
  | { mode: "manual"; url: string; username: string; passwordSetAt: string | null; bypass: string[] };

/** The URLs of a User credential that are in force: entered, or derived from an Entra endpoint URL. */
export type ProviderUrls = {
  discoveryUrl: string | null;
  issuer: string | null;
  authorizationUrl: string | null;
  jwksUrl: string | null;
};

/** The configuration without secrets. The four URLs are as entered; `urlsInForce` has the derived ones too. */
export type CredentialConfiguration = Omit<CredentialSummary, "usedBy" | "successor"> &
  ProviderUrls & {
    clientAuthentication: ClientAuthentication;
    clientSecretSetAt: string | null;
    privateKeySetAt: string | null;
    certificate: string | null;
    /** What stands in the certificate, null without one. */
    certificateInfo: CertificateInfo | null;
    /** The certificate is also shown in TLS at the token endpoint. */
    presentCertificate: boolean;
    tokenParameters: Record<string, string>;
    refreshIntervalSeconds: number;
    proxy: CredentialProxy;
    allowedHosts: string[];
    notes: string;
    urlsInForce: ProviderUrls;
    jwtUsernameKey: string | null;
    jwtRolesKey: string | null;
    roleMapping: RoleMapping[];
    mfa: MfaRequirement;
    postLogin: PostLogin;
    claimsSource: ClaimsSource;
    /** For who has none of the mapped roles; null = no access. */
    defaultRole: Grant | null;
    responseMode: ResponseMode;
    /** An authentication context of Entra (`c1`), `acr_values` of others; null = any second factor. */
    mfaContext: string | null;
    /** `amr` values that count as MFA; empty = the usual ones. */
    mfaMethods: string[];
    /** Signing out here signs out at the provider too. */
    providerLogout: boolean;
    /** Tenants whose people may sign in through an Entra authority that stands for many; `*` = every one. */
    allowedTenants: string[];
    /** Nodes at which (and below which) the profile is offered; empty = everywhere. */
    offeredAt: string[];
  };

/** One credential as its page shows it. `usedBy` lists the transports that the reader may see. */
export type CredentialDetail = CredentialConfiguration & { usedBy: CredentialUse[] };

/** What someone who builds a transport may know of a credential. */
export type AssignableCredential = {
  id: string;
  name: string;
  type: CredentialType;
  status: CredentialStatus;
  statusReason: string;
  allowedHosts: string[];
};

/** The configuration with its secrets opened and what earlier attempts left behind; never leaves lib/oauth/tokens. */
export type OpenCredential = Omit<CredentialConfiguration, "proxy"> & {
  proxy: OpenProxySettings;
  clientSecret: string | null;
  /** PEM, PKCS #8. */
  privateKey: string | null;
  failingSince: string | null;
  /** Milliseconds; since when the endpoint refuses without a reason and with nothing else in between. */
  unexplainedSince: number | null;
  failures: number;
  /** The configuration version that last got a token, null when none ever did. */
  workedVersion: number | null;
};

/** `staged_check`: a secret that is to take the place of the present one was tried; it says nothing about the credential. */
export const credentialEventKinds = ["check", "token_request", "sign_in", "status", "staged_check"] as const;
export type CredentialEventKind = (typeof credentialEventKinds)[number];

/** One line of a credential's event log. */
export type CredentialEvent = {
  id: string;
  credentialId: string;
  credentialVersion: number;
  at: string;
  kind: CredentialEventKind;
  /** By what: `Anna`, `API key CI`, `trigger Send order`, `renewal`. */
  cause: string;
  outcome: "succeeded" | "failed";
  durationMs: number;
  errorCode: string | null;
  httpStatus: number | null;
  providerCode: string | null;
  description: string | null;
  correlationId: string | null;
  /** `none` or the proxy's URL without user and password. */
  proxy: string;
  runId: string | null;
  tokenExpiresAt: string | null;
};
