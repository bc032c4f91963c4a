import { z } from "zod";
import { roles } from "#lib/access/permissions/permissions.ts";
import { clientAuthentications } from "#lib/oauth/client-authentication/registry.ts";
import { reservedParameters } from "#lib/oauth/grants/token-parameters.ts";
import { maxKeyMaterialLength } from "#lib/platform/certificates/model.ts";
import { hostPattern } from "#lib/platform/net/hosts.ts";
import { proxySchema } from "#lib/platform/net/proxy-schema.ts";
import { complainAboutCredential, type StoredSecrets } from "./complaints.ts";
import { complainAboutEndpoint, complainAboutUrl } from "./endpoint.ts";
import { completeEndpointUrl } from "./entra-url.ts";
import {
  claimsSources,
  credentialStatuses,
  credentialTypes,
  grantTypes,
  mfaRequirements,
  postLoginBehaviours,
  providers,
  responseModes,
} from "./model.ts";

function complainAboutParameter(name: string): string | null {
  if (reservedParameters.has(name)) return `${name} has its own field, or is set by Sallyport.`;
  if (/^[A-Za-z0-9._~-]{1,100}$/.test(name)) return null;
  return "A parameter's name is made of letters, digits, dots, underscores and dashes.";
}

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

/** Every field as it is sent, without what is filled in when a new credential leaves it out. */
const fields = {
  name: z.string().trim().min(1, "Enter a name.").max(200, "A name has at most 200 characters."),
  type: z.enum(credentialTypes, "Choose Application or User."),
  grantType: z
    .enum([grantTypes.application, grantTypes.user])
    .nullish()
    .meta({ description: "Follows from the type; may be left out." }),
  provider: z
    .enum(providers)
    .nullish()
    .meta({ description: "Follows from the endpoint's host when left out or null." }),
  endpointUrl: z
    .string("Enter the token endpoint's URL.")
    .overwrite((text) => completeEndpointUrl(text).url)
    .min(1, "Enter the token endpoint's URL; for Microsoft Entra ID the tenant id is enough.")
    .max(2000, "A URL has at most 2,000 characters.")
    .superRefine(complain(complainAboutEndpoint))
    .meta({ description: "Token endpoint. An Entra tenant id or any URL of the tenant is completed." }),
  clientId: z
    .string("Enter the client ID.")
    .trim()
    .min(1, "Enter the client ID.")
    .max(500, "A client ID has at most 500 characters."),
  clientAuthentication: z.enum(clientAuthentications),
  clientSecret: z
    .string()
    .trim()
    .min(1, "Enter the client secret.")
    .max(10_000, "A client secret has at most 10,000 characters.")
    .nullish()
    .meta({ description: "Write-only. Left out keeps the stored one, null removes it." }),
  privateKey: pem("Paste the whole key, from -----BEGIN PRIVATE KEY----- on.").meta({
    description:
      "PEM of an RSA key (2,048 bits or more) or one on P-256, P-384 or P-521, plain or encrypted; write-only. Left out keeps the stored one, null removes it.",
  }),
  certificate: pem("Paste the whole certificate, from -----BEGIN CERTIFICATE----- on.").meta({
    description:
      "PEM of the certificate that belongs to the private key, with its issuers if there are any; not a secret. One renewed for the same key needs no private key beside it.",
  }),
  pkcs12: keyMaterial.nullish().meta({
    description:
      "A PKCS #12 file (.pfx, .p12) in base64, in place of privateKey and certificate; write-only. It is taken apart and not kept.",
  }),
  passphrase: z.string().max(1000, "A passphrase has at most 1,000 characters.").nullish().meta({
    description: "Opens an encrypted privateKey or pkcs12. Used once and not kept.",
  }),
  presentCertificate: z.boolean().meta({
    description:
      "Shows the certificate in TLS at the token endpoint beside another clientAuthentication; with tls_client_auth and self_signed_tls_client_auth it is shown in any case.",
  }),
  scope: z
    .string()
    .max(4000, "A scope has at most 4,000 characters.")
    .overwrite((text) => text.trim().replace(/\s+/g, " "))
    .regex(/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/, "A scope is made of plain characters, without quotes and backslashes."),
  tokenParameters: z
    .record(z.string(), z.string().max(4000, "A value has at most 4,000 characters."))
    .superRefine((record, context) => {
      if (Object.keys(record).length > 50) context.addIssue({ code: "custom", message: "At most 50 parameters." });
      for (const name of Object.keys(record)) {
        const message = complainAboutParameter(name);
        if (message) context.addIssue({ code: "custom", path: [name], message });
      }
    })
    .meta({ description: "More parameters of the token request, such as audience or resource." }),
  refreshIntervalSeconds: z
    .number("Enter the refresh interval.")
    .int("Enter whole seconds.")
    .min(60, "At least 60 seconds.")
    .max(86_400, "At most 86,400 seconds (a day).")
    .meta({ description: "A token is renewed when it is this old, or earlier when it expires earlier." }),
  proxy: proxySchema,
  allowedHosts: z
    .array(hostPattern)
    .max(200, "At most 200 hosts.")
    .meta({ description: "Where the token may be sent: host, host:port or *.domain. Empty: anywhere." }),
  secretExpiresOn: z.iso.date("Enter the date as 2027-01-31.").or(z.literal("")).nullish(),
  owner: z.string().trim().max(200, "At most 200 characters."),
  ownerEmail: z.union([z.literal(""), z.email("Enter an e-mail address, such as anna@example.com.").max(320)]).meta({
    description: "Where the owner gets alerts. Blank: the owner, if that is an address or a user who has one.",
  }),
  notes: z.string().max(10_000, "At most 10,000 characters."),
  discoveryUrl: optionalUrl,
  issuer: optionalUrl,
  authorizationUrl: optionalUrl,
  jwksUrl: optionalUrl,
  jwtUsernameKey: jwtKey,
  jwtRolesKey: jwtKey,
  roleMapping: z
    .array(
      z.object({
        claimValue: z.string().trim().min(1, "Enter the value that the claim holds.").max(500),
        role: z.enum(roles, "Choose a role."),
        nodeId: z.uuid("Choose a node.").nullable().default(null),
      }),
    )
    .max(500, "At most 500 roles."),
  mfa: z.enum(mfaRequirements),
  postLogin: z.enum(postLoginBehaviours),
  claimsSource: z
    .enum(claimsSources)
    .meta({ description: "Where the username and the roles are read; an access token must be a JWT." }),
  defaultRole: z
    .object({ role: z.enum(roles, "Choose a role."), nodeId: z.uuid("Choose a node.").nullable().default(null) })
    .nullish()
    .meta({ description: "For who has none of the mapped roles. Null: no access." }),
  responseMode: z.enum(responseModes),
  mfaContext: z
    .string()
    .trim()
    .max(200)
    .regex(
      /^[\x21\x23-\x5b\x5d-\x7e]*( [\x21\x23-\x5b\x5d-\x7e]+)*$/,
      "Names without quotes, separated by single spaces.",
    )
    .nullish()
    .meta({ description: "Entra: an authentication context such as c1. Others: acr_values. Null: any second factor." }),
  mfaMethods: z
    .array(z.string().trim().min(1, "Enter an amr value.").max(100))
    .max(20)
    .meta({ description: "Values of amr that count as MFA; empty: mfa, otp, hwk, fido and the like." }),
  providerLogout: z.boolean().meta({ description: "Signing out of Sallyport signs out at the provider too." }),
  allowedTenants: z
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
    .meta({
      description:
        "Of an Entra endpoint for many tenants (common, organizations): ids of those whose people may sign in, or *. Each tenant decides which roles its people have.",
    }),
  offeredAt: z
    .array(z.uuid("Choose a node."))
    .max(200, "At most 200 nodes.")
    .meta({ description: "Nodes at which, with what is under them, it is offered for sign-in; empty: everywhere." }),
};

const withDefaults = z.object({
  ...fields,
  clientAuthentication: fields.clientAuthentication.default("client_secret_post"),
  presentCertificate: fields.presentCertificate.default(false),
  scope: fields.scope.default(""),
  tokenParameters: fields.tokenParameters.default({}),
  refreshIntervalSeconds: fields.refreshIntervalSeconds.default(1800),
  proxy: fields.proxy.default({ mode: "none" }),
  allowedHosts: fields.allowedHosts.default([]),
  owner: fields.owner.default(""),
  ownerEmail: fields.ownerEmail.default(""),
  notes: fields.notes.default(""),
  roleMapping: fields.roleMapping.default([]),
  mfa: fields.mfa.default("none"),
  postLogin: fields.postLogin.default("close"),
  claimsSource: fields.claimsSource.default("id_token"),
  responseMode: fields.responseMode.default("query"),
  mfaMethods: fields.mfaMethods.default([]),
  providerLogout: fields.providerLogout.default(false),
  allowedTenants: fields.allowedTenants.default([]),
  offeredAt: fields.offeredAt.default([]),
});

/** A new credential, as the form, the action and the API take it. */
export const credentialInput = withCredentialRules({ clientSecret: false, privateKey: false });
/** What may be sent. */
export type CredentialInput = z.input<typeof credentialInput>;
/** What it is after parsing. */
export type CredentialFields = z.output<typeof credentialInput>;

/** The same for a credential that has secrets stored already, so that they may be left out. */
export function withCredentialRules(stored: StoredSecrets) {
  return withDefaults.superRefine((input, context) => {
    for (const { field, message } of complainAboutCredential(input, stored)) {
      context.addIssue({ code: "custom", path: field.split("."), message });
    }
  });
}

/** An edit: the version that it was made from, and the fields to change. */
export const credentialUpdate = z
  .object(fields)
  .partial()
  .extend({
    version: z.int32().positive().meta({ description: "The version that the edit was made from." }),
  });
export type CredentialUpdate = z.input<typeof credentialUpdate>;

export const credentialSorts = [
  "name",
  "type",
  "status",
  "tokenExpiresAt",
  "secretEndsAt",
  "lastCheckedAt",
  "owner",
] as const;
export type CredentialSort = (typeof credentialSorts)[number];

/** By how many days the secret or certificate still serves. */
export const secretEndFilters = ["ended", "7", "30", "60", "unknown"] as const;
export type SecretEndFilter = (typeof secretEndFilters)[number];

/** What a list asks for; all values as they stand in a URL. */
export const credentialQuery = z.object({
  q: z.string().trim().max(200).optional().meta({ description: "Part of the name, client ID, endpoint URL or owner." }),
  type: z.enum(credentialTypes).optional(),
  status: z.enum(credentialStatuses).optional(),
  provider: z.enum(providers).optional(),
  owner: z.string().trim().max(200).optional().meta({ description: "The whole owner, in any case." }),
  secretEnds: z.enum(secretEndFilters).optional().meta({
    description: "Whether the secret or certificate has ended, ends within so many days, or no end is known.",
  }),
  used: z.enum(["true", "false"]).optional().meta({ description: "Whether a transport uses it." }),
  ownerless: z.literal("true").optional().meta({ description: "Those without an owner." }),
  nodeId: z
    .uuid()
    .optional()
    .meta({ description: "Used by a transport on the node or under it, or offered there for signing in." }),
  reason: z
    .string()
    .trim()
    .max(200)
    .optional()
    .meta({ description: "The provider's code behind the status, or else the portal's." }),
  sort: z
    .enum([...credentialSorts, ...credentialSorts.map((name) => `-${name}` as const)])
    .default("name")
    .meta({ description: "A leading - sorts downwards. By status: worst first." }),
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
});
export type CredentialQuery = z.input<typeof credentialQuery>;

export const credentialEventQuery = z.object({
  outcome: z.enum(["succeeded", "failed"]).optional(),
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
});
export type CredentialEventQuery = z.input<typeof credentialEventQuery>;
