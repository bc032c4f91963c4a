import type { CertificateInfo } from "#lib/platform/certificates/model.ts";
import type { Stored } from "#lib/platform/definitions/derive.ts";
import type { OpenValue, ShownValue } from "#lib/platform/header-values/secret-values.ts";
import type { ShownProxy } from "#lib/platform/net/proxy-schema.ts";
import type { OpenProxySettings } from "#lib/platform/net/proxy-settings.ts";
import type { commonFields, UserSettings } from "./definition.ts";
import type { CredentialStatus, CredentialType, grantTypes, Provider } from "./kinds.ts";
import type { Successor } from "./rotation-model.ts";

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

/** The fields that a row of the list shows. */
export const summaryFields = [
  "name",
  "type",
  "provider",
  "endpointUrl",
  "clientId",
  "scope",
  "owner",
  "ownerEmail",
  "secretExpiresOn",
] as const;

type Common = Omit<Stored<typeof commonFields>, "provider" | "grantType"> & {
  provider: Provider;
  grantType: (typeof grantTypes)[CredentialType];
};

/** A row of the list. `usedBy` counts the transports. */
export type CredentialSummary = CredentialState &
  Pick<Common, (typeof summaryFields)[number] | "grantType"> & {
    id: string;
    version: number;
    enabled: boolean;
    /** The end that comes first: of the secret as noted, or of the certificate in use. */
    secretEndsAt: string | null;
    createdAt: string;
    updatedAt: string;
    usedBy: number;
    /** The next secret or certificate, when it is staged already; null when none is. */
    successor: Successor | null;
  };

/** The URLs of a User credential that are in force: entered, or derived from an Entra endpoint URL. */
export type ProviderUrls = {
  discoveryUrl: string | null;
  issuer: string | null;
  authorizationUrl: string | null;
  jwksUrl: string | null;
};

type Secrets = "clientSecret" | "privateKey" | "pkcs12" | "passphrase";
type Lists = "tokenHeaders" | "tokenParameters";
type Configured<Proxy, Entry> = Omit<CredentialSummary, "usedBy" | "successor" | "type" | "grantType"> &
  Omit<Common, Secrets | Lists | "proxy" | "type" | "grantType"> &
  Record<Lists, Entry[]> & {
    proxy: Proxy;
    trustedCaName: string | null;
    clientSecretSetAt: string | null;
    privateKeySetAt: string | null;
    /** What stands in the certificate, null without one. */
    certificateInfo: CertificateInfo | null;
    /** The URLs as entered, or as they follow from an Entra endpoint. */
    urlsInForce: ProviderUrls;
  } & (
    | { type: "application"; grantType: typeof grantTypes.application }
    | ({ type: "user"; grantType: typeof grantTypes.user } & UserSettings)
  );

/** The configuration without secrets. */
export type CredentialConfiguration = Configured<ShownProxy, ShownValue>;

/** One credential as its page shows it: transports that the reader can see, and how many others there are. */
export type CredentialDetail = CredentialConfiguration & { usedBy: CredentialUse[]; usedElsewhere?: number };

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
export type OpenCredential = Configured<OpenProxySettings, OpenValue> & {
  /** PEM of the named certificate authority. */
  trustedCa: string | null;
  clientSecret: string | null;
  /** PEM, PKCS #8. */
  privateKey: string | null;
  failingSince: string | null;
  /** Milliseconds; since when the endpoint refuses without a reason and with nothing else in between. */
  unexplainedSince: number | null;
  failures: number;
  /** The configuration version that last got a token, null when none ever did. */
  workedVersion: number | null;
  /** Hash of where its secrets and tokens can go (lib/platform/crypto/aad.ts). */
  destination: string;
};
/** One with which people sign in. */
export type OpenUserCredential = Extract<OpenCredential, { type: "user" }>;

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
