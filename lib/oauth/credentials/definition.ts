import { z } from "zod";
import { roles } from "#lib/access/permissions/permissions.ts";
import { clientAuthenticationMethods, clientAuthentications } from "#lib/oauth/client-authentication/registry.ts";
import { grants } from "#lib/oauth/grants/registry.ts";
import { maxKeyMaterialLength } from "#lib/platform/certificates/model.ts";
import type { Stored } from "#lib/platform/definitions/derive.ts";
import { field, labelsOf } from "#lib/platform/definitions/field.ts";
import { shownValues } from "#lib/platform/header-values/value-schema.ts";
import { hostPattern } from "#lib/platform/net/hosts.ts";
import { proxySchema, shownProxy } from "#lib/platform/net/proxy-schema.ts";
import { complainAboutEndpoint, complainAboutUrl, derivedUrls } from "./endpoint.ts";
import { completeEndpointUrl, isSharedTenant, tidyUrl } from "./entra-url.ts";
import { describeHidden } from "./input/hidden-characters.ts";
import { tokenHeaders, tokenParameters } from "./input/token-request-lists.ts";
import { credentialTypes, grantTypes, providers } from "./kinds.ts";

const complain = (check: (text: string) => string | null) => (text: string, context: z.RefinementCtx<string>) => {
  const message = text === "" ? null : check(text);
  if (message) context.addIssue({ code: "custom", message });
};

const optionalUrl = z
  .string()
  .trim()
  .max(2000, "A URL has at most 2,000 characters.")
  .superRefine(complain(complainAboutUrl))
  .nullish();

/** What is in it is judged when it is read (lib/platform/certificates), which is no work for a form. */
const keyMaterial = z
  .string()
  .trim()
  .max(maxKeyMaterialLength, "This is too large to be a key or certificate. Is it the right file?");
const pem = (message: string) =>
  keyMaterial.refine((text) => text === "" || text.includes("-----BEGIN "), message).nullish();

const isJwtKey = /^[^\s"\\]+$/;
const jwtKey = z
  .string()
  .trim()
  .max(200)
  .refine(
    (text) => text === "" || isJwtKey.test(text),
    "Enter the name of a claim, such as preferred_username or roles, or a path such as realm_access.roles.",
  )
  .nullish();

const roleGrant = { role: z.enum(roles, "Choose a role."), nodeId: z.uuid("Choose a node.").nullable().default(null) };

function mapLabels(kinds: Record<string, { label: string }>): Record<string, string> {
  return Object.fromEntries(Object.entries(kinds).map(([name, { label }]) => [name, label]));
}

/** The fields of every credential. */
export const commonFields = {
  name: field(
    "Credential Name",
    z.string().trim().min(1, "Enter a name.").max(200, "A name has at most 200 characters."),
  ),
  type: field("Type", z.enum(credentialTypes, "Choose Application or User."), {
    words: { application: "Application", user: "User" },
  }),
  grantType: field(
    "Grant Type",
    z
      .enum([grantTypes.application, grantTypes.user])
      .nullish()
      .meta({ description: "Follows from the type; may be left out." }),
    { words: mapLabels(grants), kept: "derived" },
  ),
  provider: field(
    "Provider",
    z.enum(providers).nullish().meta({ description: "Follows from the endpoint's host when left out or null." }),
    {
      words: { entra: "Microsoft Entra ID", generic: "Another OAuth2 provider" },
      concernsTokens: true,
      stored: z.enum(providers),
    },
  ),
  endpointUrl: field(
    "Endpoint URL",
    z
      .string("Enter the token endpoint's URL.")
      .overwrite(tidyUrl)
      .min(1, "Enter the token endpoint's URL; for Microsoft Entra ID the tenant id is enough.")
      .max(2000, "A URL has at most 2,000 characters.")
      .superRefine(complain((text) => complainAboutEndpoint(completeEndpointUrl(text, null).url)))
      .meta({
        description:
          "Token endpoint. A tenant ID or any URL of a tenant at Microsoft Entra ID is completed, except with `provider: generic`.",
      }),
    { concernsTokens: true },
  ),
  clientId: field(
    "Client ID",
    z
      .string("Enter the client ID.")
      .trim()
      .min(1, "Enter the client ID.")
      .max(500, "A client ID has at most 500 characters.")
      .superRefine(complain(describeHidden)),
    { concernsTokens: true },
  ),
  clientAuthentication: field("Client authentication", z.enum(clientAuthentications).default("client_secret_post"), {
    words: mapLabels(clientAuthenticationMethods),
    concernsTokens: true,
  }),
  clientSecret: field(
    "Client Secret",
    z
      .string()
      .trim()
      .min(1, "Enter the client secret.")
      .max(10_000, "A client secret has at most 10,000 characters.")
      .superRefine(complain(describeHidden))
      .nullish()
      .meta({ description: "Write-only. Left out keeps the stored one, null removes it." }),
    { kept: "secret" },
  ),
  privateKey: field(
    "Private key",
    pem("Paste the whole key, from -----BEGIN PRIVATE KEY----- on.").meta({
      description:
        "PEM of an RSA key (2,048 bits or more) or one on P-256, P-384 or P-521, plain or encrypted; write-only. Left out keeps the stored one, null removes it.",
    }),
    { kept: "secret" },
  ),
  certificate: field(
    "Certificate",
    pem("Paste the whole certificate, from -----BEGIN CERTIFICATE----- on.").meta({
      description:
        "PEM of the certificate that belongs to the private key, with its issuers if there are any; not a secret. One renewed for the same key needs no private key beside it.",
    }),
    { concernsTokens: true },
  ),
  pkcs12: field(
    "PKCS #12 file",
    keyMaterial.nullish().meta({
      description:
        "A PKCS #12 file (.pfx, .p12) in base64, in place of privateKey and certificate; write-only. It is taken apart and not kept.",
    }),
    { kept: "unkept" },
  ),
  passphrase: field(
    "Passphrase",
    z.string().max(1000, "A passphrase has at most 1,000 characters.").nullish().meta({
      description: "Opens an encrypted privateKey or pkcs12. Used once and not kept.",
    }),
    { kept: "unkept" },
  ),
  presentCertificate: field(
    "Show the certificate in TLS too",
    z.boolean().default(false).meta({
      description:
        "Shows the certificate in TLS at the token endpoint beside another clientAuthentication; with tls_client_auth and self_signed_tls_client_auth it is shown in any case.",
    }),
    { concernsTokens: true },
  ),
  scope: field(
    "Scope",
    z
      .string()
      .max(4000, "A scope has at most 4,000 characters.")
      .overwrite((text) => text.trim().replace(/\s+/g, " "))
      .superRefine(complain(describeHidden))
      .regex(/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/, "A scope is made of plain characters, without quotes and backslashes.")
      .default(""),
    { concernsTokens: true },
  ),
  tokenParameters: field(
    "Token parameters",
    tokenParameters.default([]).meta({
      description:
        "More parameters of the token request in their order, such as audience, resource, or another grant_type. Names can repeat. An object is accepted too.",
    }),
    { concernsTokens: true, stored: shownValues },
  ),
  tokenHeaders: field(
    "Token request headers",
    tokenHeaders.default([]).meta({
      description: "Headers of the token request, such as the API key of a gateway. An object is accepted too.",
    }),
    { concernsTokens: true, stored: shownValues },
  ),
  tokenMember: field(
    "Token member",
    z
      .string()
      .trim()
      .max(200, "At most 200 characters.")
      .regex(/^[^\s"\\]*$/, "Enter the name of a member, or a path such as data.access_token.")
      .nullish()
      .meta({
        description: "Where the access token is in the response, such as data.access_token. Null: access_token.",
      }),
    { concernsTokens: true },
  ),
  acceptAnyTokenType: field(
    "Accept any token type",
    z.boolean().default(false).meta({
      description: "Sends tokens as Bearer even if their token_type isn't known as Bearer.",
    }),
    { concernsTokens: true },
  ),
  refreshIntervalSeconds: field(
    "Refresh interval",
    z
      .number("Enter the refresh interval.")
      .int("Enter whole seconds.")
      .min(60, "At least 60 seconds.")
      .max(86_400, "At most 86,400 seconds (a day).")
      .default(1800)
      .meta({ description: "A token is renewed when it is this old, or earlier when it expires earlier." }),
    { concernsTokens: true },
  ),
  proxy: field("Proxy Settings", proxySchema.default({ mode: "none" }), { concernsTokens: true, stored: shownProxy }),
  trustedCaId: field(
    "Certificate authority",
    z.uuid("Select a certificate authority.").nullish().meta({
      description: "A named certificate authority that is trusted at the provider, in addition to the usual ones.",
    }),
    { concernsTokens: true },
  ),
  allowedHosts: field(
    "Allowed destinations",
    z.array(hostPattern).max(200, "At most 200 hosts.").default([]).meta({
      description:
        "Where the token can be sent over https: host, host:port, or *.domain. http://host:port allows http. Empty: nowhere. Transports that admins save add their https hosts to an Application credential whose hosts nobody entered.",
    }),
  ),
  secretExpiresOn: field("Secret expires on", z.iso.date("Enter the date as 2027-01-31.").or(z.literal("")).nullish(), {
    stored: z.iso.date().nullable(),
  }),
  owner: field("Owner", z.string().trim().max(200, "At most 200 characters.").default("")),
  ownerEmail: field(
    "Owner's e-mail",
    z
      .union([z.literal(""), z.email("Enter an e-mail address, such as anna@example.com.").max(320)])
      .default("")
      .meta({
        description: "Where the owner gets alerts. Blank: the owner, if that is an address or a user who has one.",
      }),
    { stored: z.string() },
  ),
  notes: field("Notes", z.string().max(10_000, "At most 10,000 characters.").default("")),
};

const isEntered = (values: { endpointUrl: string; provider?: unknown }) => derivedUrls(values) === null;
const needsMfa = ({ mfa }: { mfa: string }) => mfa === "required";

/** The fields of credentials of type User: where people sign in, and what their claims mean. */
export const userFields = {
  discoveryUrl: field("Discovery URL", optionalUrl, { concernsTokens: true, applies: isEntered }),
  issuer: field("Issuer", optionalUrl, { concernsTokens: true, applies: isEntered }),
  authorizationUrl: field("Authorization URL", optionalUrl, { concernsTokens: true, applies: isEntered }),
  jwksUrl: field("JWKS URL", optionalUrl, { concernsTokens: true, applies: isEntered }),
  allowedTenants: field(
    "Allowed tenants",
    z
      .array(
        z
          .string()
          .trim()
          .toLowerCase()
          .refine(
            (text) => text === "*" || z.guid().safeParse(text).success,
            "Enter tenant ids (GUIDs), or * for every tenant.",
          ),
      )
      .max(200, "At most 200 tenants.")
      .default([])
      .meta({
        description:
          "Of an Entra endpoint for many tenants (common, organizations): ids of those whose people may sign in, or *. Each tenant decides which roles its people have.",
      }),
    { applies: ({ endpointUrl }: { endpointUrl: string }) => isSharedTenant(endpointUrl) },
  ),
  claimsSource: field(
    "Claims from",
    z
      .enum(["id_token", "access_token", "userinfo"])
      .default("id_token")
      .meta({ description: "Where the username and the roles are read; an access token must be a JWT." }),
    { words: { id_token: "ID token", access_token: "Access token (a JWT)", userinfo: "Userinfo endpoint" } },
  ),
  jwtUsernameKey: field("JWT Username", jwtKey),
  jwtRolesKey: field("JWT Roles Key", jwtKey),
  roleMapping: field(
    "Role mapping",
    z
      .array(
        z.object({
          claimValue: z.string().trim().min(1, "Enter the value that the claim holds.").max(500),
          ...roleGrant,
        }),
      )
      .max(500, "At most 500 roles.")
      .default([]),
  ),
  defaultRole: field(
    "Default role",
    z.object(roleGrant).nullish().meta({ description: "For who has none of the mapped roles. Null: no access." }),
  ),
  mfa: field("Multi-factor authentication", z.enum(["none", "required"]).default("none"), {
    words: { none: "Not required here", required: "Required" },
  }),
  mfaContext: field(
    "Authentication context",
    z
      .string()
      .trim()
      .max(200)
      .regex(
        /^[\x21\x23-\x5b\x5d-\x7e]*( [\x21\x23-\x5b\x5d-\x7e]+)*$/,
        "Names without quotes, separated by single spaces.",
      )
      .nullish()
      .meta({
        description: "Entra: an authentication context such as c1. Others: acr_values. Null: any second factor.",
      }),
    { applies: needsMfa },
  ),
  mfaMethods: field(
    "Accepted methods",
    z
      .array(z.string().trim().min(1, "Enter an amr value.").max(100))
      .max(20)
      .default([])
      .meta({ description: "Values of amr that count as MFA; empty: mfa, otp, hwk, fido and the like." }),
    { applies: needsMfa },
  ),
  postLogin: field("After sign-in", z.enum(["close", "stay"]).default("close"), {
    words: { close: "Close the page", stay: "Stay and say that it worked" },
  }),
  // OAuth 2.0 Form Post Response Mode.
  responseMode: field("Response mode", z.enum(["query", "form_post"]).default("query"), {
    words: { query: "query (in the URL)", form_post: "form_post (posted by the browser)" },
  }),
  providerLogout: field(
    "Sign out at the provider too",
    z.boolean().default(false).meta({ description: "Signing out of Sallyport signs out at the provider too." }),
  ),
  offeredAt: field(
    "Offered at",
    z
      .array(z.uuid("Choose a node."))
      .max(200, "At most 200 nodes.")
      .default([])
      .meta({ description: "Nodes at which, with what is under them, it is offered for sign-in; empty: everywhere." }),
  ),
};

/** The fields of both types. */
export const credentialFields = { ...commonFields, ...userFields };

const flat = z.object(credentialFields);
/** Parsed fields before the type decides which of them there are. */
export type FlatFields = z.output<typeof flat>;

type UserOnly = keyof typeof userFields;
/** A parsed credential: only one of type User has the fields of a sign-in. */
export type CredentialFields = Omit<FlatFields, UserOnly | "type"> &
  ({ type: "application" } | ({ type: "user" } & Pick<FlatFields, UserOnly>));

/** Fields of which those of a sign-in may be missing. */
export type AnyFields = Omit<FlatFields, UserOnly> & Partial<Pick<FlatFields, UserOnly>>;

/** The fields of the credential's own type. */
export function toBranch(fields: FlatFields): CredentialFields {
  const own = Object.entries(fields).filter(([name]) => fields.type === "user" || !(name in userFields));
  return Object.fromEntries(own) as CredentialFields;
}

/** What is stored of a sign-in. */
export type UserSettings = Stored<typeof userFields>;

/** The labels of all fields, and of what is inside them, by their names in form and API. */
export const credentialLabels = {
  ...labelsOf(credentialFields),
  "proxy.mode": "Proxy Settings",
  "proxy.proxyId": "Proxy",
  "proxy.url": "Proxy URL",
  "proxy.username": "Proxy user",
  "proxy.password": "Proxy password",
  "proxy.bypass": "Hosts without proxy",
  proxyPassword: "Proxy password",
  enabled: "Enabled",
  "defaultRole.role": "Default role",
  "defaultRole.nodeId": "Default role applies to",
};

/** Claims that are read when no other is named. */
export const usualClaims = { jwtUsernameKey: "preferred_username", jwtRolesKey: "roles" };
