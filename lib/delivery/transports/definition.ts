import { z } from "zod";
import { soapVersions } from "#lib/delivery/soap/model.ts";
import { credentialStatuses } from "#lib/oauth/credentials/kinds.ts";
import { maxKeyMaterialLength } from "#lib/platform/certificates/model.ts";
import { readBack, type Stored } from "#lib/platform/definitions/derive.ts";
import { field, labelsOf } from "#lib/platform/definitions/field.ts";
import { isSecretHeader } from "#lib/platform/header-values/secret-names.ts";
import { valueSchema } from "#lib/platform/header-values/value-schema.ts";
import { hostPattern } from "#lib/platform/net/hosts.ts";
import { proxySchema, shownProxy } from "#lib/platform/net/proxy-schema.ts";

export const transportTypes = ["HTTP", "WS_SOAP"] as const;
export type TransportType = (typeof transportTypes)[number];

export const httpMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
export type HttpMethod = (typeof httpMethods)[number];

/**
 * How services say that a token has expired, unless the transport says otherwise: the fault codes of WS-Security
 * (SOAP Message Security 1.1.1 section 12) and of WS-Trust 1.4 section 11, and what gateways write.
 */
export const defaultTokenExpired = {
  faultCodes: [
    "FailedAuthentication",
    "InvalidSecurityToken",
    "SecurityTokenUnavailable",
    "ExpiredData",
    "TokenExpired",
    "ExpiredToken",
    "invalid_token",
  ],
  bodyContains: [
    "token expired",
    "token has expired",
    "token is expired",
    "expired token",
    "invalid_token",
    "jwt expired",
  ],
};

/** Everything but where the WSDL is and what was chosen in it. */
export const soapDefaults = {
  endpointUrl: "",
  raw: false,
  soapVersion: "1.1" as const,
  security: null,
  addressing: false,
  headers: "",
  tokenExpired: defaultTokenExpired,
};

const instant = z.iso.datetime({ offset: true });

/** Headers that the portal itself sets, or that would change where a request ends (RFC 9110, RFC 9112). */
const reservedHeaders = [
  "authorization",
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** A header name (RFC 9110 section 5.1) that people may set. */
export const headerName = z
  .string()
  .trim()
  .min(1, "Enter a header name.")
  .max(200)
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "A header name may hold letters, digits and - only.")
  .refine((name) => !reservedHeaders.includes(name.toLowerCase()), {
    error: (issue) => `${String(issue.input)} is set by Sallyport and can't be entered here.`,
  });

const headerValue = z
  .string()
  .max(8000)
  .regex(
    /^[\t\x20-\x7e\x80-\xff]*$/,
    "A header value may not hold line breaks, control characters or characters outside Latin-1.",
  );

const headers = z.array(valueSchema(headerName, headerValue, isSecretHeader)).max(50, "At most 50 headers.");

/** An absolute http(s) URL without user, password and fragment. */
const serviceUrl = z
  .string()
  .trim()
  .max(2000)
  .superRefine((text, context) => {
    const complain = (message: string) => context.addIssue({ code: "custom", message });
    if (!URL.canParse(text) || !/^https?:\/\//i.test(text)) {
      return complain("Enter a whole URL that begins with https:// or http://.");
    }
    const url = new URL(text);
    if (url.username || url.password) return complain("Enter user and password under Authorization, not in the URL.");
    if (url.hash) complain("A URL of a service has no part after #.");
  });

const httpSettings = z.object({
  url: serviceUrl,
  method: z.enum(httpMethods).default("GET"),
  headers: headers.default([]),
});

/** Settings of an HTTP transport; a trigger's path and query are appended to `url`. */
export type HttpSettings = z.output<typeof httpSettings>;
/** A header of a request or response. */
export type Header = { name: string; value: string };

const optionalServiceUrl = z.union([z.literal(""), serviceUrl], {
  error: "Enter a whole URL that begins with https:// or http://.",
});
const noControls = (text: string) => !/\p{Cc}/u.test(text);

/** How much text an uploaded WSDL may have, all documents together. */
const maxUploadLength = 10 * 1024 * 1024;

/** The documents of an uploaded WSDL, the entry first. Imports among them are found by the file's name. */
const uploadedDocuments = z
  .array(
    z.object({
      name: z
        .string()
        .trim()
        .min(1, "A document needs its file name.")
        .max(255)
        .refine(noControls, "A file name holds no control characters."),
      text: z.string().min(1, "The document is empty."),
    }),
  )
  .min(1, "Upload at least the WSDL.")
  .max(100, "At most 100 documents.")
  .refine((documents) => documents.reduce((sum, { text }) => sum + text.length, 0) <= maxUploadLength, {
    error: `All documents together may have ${maxUploadLength / 1024 / 1024} MiB.`,
  })
  .refine((documents) => new Set(documents.map(({ name: file }) => file)).size === documents.length, {
    error: "Two documents have the same name.",
  });

/** UsernameToken of WS-Security. Without a password, the stored one is kept. */
const soapSecurity = {
  username: field(
    "User name in the envelope",
    z.string().min(1, "Enter the user name.").max(200).refine(noControls, "A user name holds no control characters."),
  ),
  password: field("Password in the envelope", z.string().max(1000).nullish(), { kept: "secret" }),
  passwordType: field("How the password is sent", z.enum(["text", "digest"]).default("text"), {
    words: { text: "As it is (PasswordText)", digest: "Digest with nonce and time (PasswordDigest)" },
  }),
  mustUnderstand: field("The service must understand it", z.boolean().default(true)),
  addTimestamp: field("Add a timestamp", z.boolean().default(false)),
};

const ruleTexts = z.array(z.string().trim().min(1).max(200)).max(50, "At most 50 entries.");
const tokenExpiredRule = z.object({
  // Local names or whole values of a Fault's code or one of its subcodes.
  faultCodes: ruleTexts.default([]),
  // Texts in a Fault's reason or detail, or in a short answer without a Fault.
  bodyContains: ruleTexts.default([]),
});

/** The settings of a WS_SOAP transport. */
export const soapFields = {
  wsdlUrl: field(
    "WSDL URL",
    optionalServiceUrl
      .default("")
      .meta({ description: "Empty when the WSDL was uploaded, and for raw envelopes without one." }),
    { stored: z.string() },
  ),
  service: field(
    "Service",
    z.string().trim().max(200).default("").meta({ description: "Optional if the WSDL has only one." }),
  ),
  port: field(
    "Port",
    z.string().trim().max(200).default("").meta({ description: "Optional if the service has only one." }),
  ),
  endpointUrl: field(
    "Endpoint URL",
    optionalServiceUrl
      .default(soapDefaults.endpointUrl)
      .meta({ description: "Where calls go instead of the WSDL's address; empty = there." }),
    { stored: z.string() },
  ),
  raw: field(
    "Raw envelopes",
    z.boolean().default(soapDefaults.raw).meta({ description: "Whether triggers bring whole envelopes." }),
  ),
  soapVersion: field(
    "SOAP version",
    z
      .enum(soapVersions)
      .default(soapDefaults.soapVersion)
      .meta({ description: "Of raw envelopes; otherwise the port decides." }),
  ),
  security: field(
    "UsernameToken (WS-Security)",
    z.object(soapSecurity).nullable().default(null).meta({ description: "UsernameToken of WS-Security." }),
    { stored: z.object(readBack(soapSecurity)).nullable() },
  ),
  addressing: field(
    "WS-Addressing",
    z.boolean().default(soapDefaults.addressing).meta({ description: "Whether WS-Addressing 1.0 headers are sent." }),
  ),
  headers: field(
    "Header blocks",
    z
      .string()
      .max(64 * 1024)
      .default(soapDefaults.headers)
      .meta({ description: "Header blocks of each call, as XML." }),
  ),
  tokenExpired: field(
    "Signs of an expired token",
    tokenExpiredRule
      .default(soapDefaults.tokenExpired)
      .meta({ description: "How an answer says that the token has expired, beside 401." }),
  ),
  /** An uploaded WSDL, in place of one with a URL. Without it, the stored one is kept. */
  documents: field("Files of the WSDL", uploadedDocuments.optional(), { kept: "unkept" }),
};

/** A UsernameToken (WS-Security UsernameToken Profile 1.1.1). Its password is a secret of the transport's row. */
export type SoapSecurity = Omit<Stored<typeof soapSecurity>, "password">;
/** Settings of a WS_SOAP transport. */
export type SoapSettings = Omit<Stored<typeof soapFields>, "documents" | "security"> & {
  security: SoapSecurity | null;
};
/** How an answer says that the token has expired, beside 401. Compared without regard to case. */
export type TokenExpiredRule = SoapSettings["tokenExpired"];

const soapSettings = z.object(soapFields).superRefine((soap, context) => {
  const complain = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  if (soap.wsdlUrl !== "" && soap.documents) complain("documents", "Give the WSDL's URL or upload it, not both.");
  if (soap.raw) {
    if (soap.endpointUrl === "") complain("endpointUrl", "Raw envelopes need the URL that they are sent to.");
  }
});

/** `password` is write-only: absent keeps the stored one, null removes it. */
const authorizationInput = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  z.object({
    kind: z.literal("basic"),
    username: z
      .string()
      .min(1, "Enter the user name.")
      .max(200)
      .regex(/^[^:\p{Cc}]+$/u, "A user name for Basic may not hold a colon or control characters (RFC 7617)."),
    password: z.string().max(1000).nullish(),
  }),
  z.object({ kind: z.literal("credential"), credentialId: z.uuid("Pick a credential.") }),
]);

/** How an Authorization reads back: the password only by when it was set. */
export const shownAuthorization = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  z.object({ kind: z.literal("basic"), username: z.string(), passwordSetAt: instant.nullable() }),
  z.object({
    kind: z.literal("credential"),
    credentialId: z.uuid(),
    credentialName: z.string(),
    credentialStatus: z.enum(credentialStatuses),
  }),
]);

/** Hosts that the caller confirmed for the credential's token. */
export const hostsToAllow = z.array(hostPattern).max(200, "At most 200 hosts.").meta({
  description:
    "Hosts that are added to `allowedHosts` of the credential if its token goes there; requires the right to change credentials. Left out: none, except the https hosts of the URLs in this request for an Application credential whose hosts nobody entered.",
});

const trustedCaId = z
  .uuid("Select a certificate authority.")
  .nullable()
  .default(null)
  .meta({ description: "A named certificate authority that is trusted, too." });

const trustedCa = z
  .string()
  .max(100_000)
  .transform((text) => text.trim() || null)
  .nullable();

const keyMaterial = z
  .string()
  .trim()
  .max(maxKeyMaterialLength, "This is too large to be a key or certificate. Is it the right file?")
  .nullish();

/** Absent keeps the stored one, null removes it. What is in it is judged when it is read (lib/platform/certificates). */
const clientCertificate = z
  .object({
    privateKey: keyMaterial.meta({
      description:
        "PEM, plain or encrypted; write-only. May be left out when the certificate is one renewed for the stored key.",
    }),
    certificate: keyMaterial.meta({ description: "PEM, with its issuers if the service needs them." }),
    pkcs12: keyMaterial.meta({ description: "A PKCS #12 file in base64, in place of the two; write-only." }),
    passphrase: z
      .string()
      .max(1000, "A passphrase has at most 1,000 characters.")
      .nullish()
      .meta({ description: "Opens privateKey or pkcs12. Used once and not kept." }),
  })
  .nullable()
  .meta({ description: "Shown in TLS to the service and where its WSDL is, to no other host and to no proxy." });

const wholeNumber = (min: number, max: number) =>
  z.number("Enter a number.").int("Enter a whole number.").min(min).max(max);

/** The fields that a column of the same name holds. */
export const plainFields = {
  name: field("Transport Name", z.string().trim().min(1, "Enter a name.").max(200)),
  nodeId: field("Node", z.uuid("Pick a node.")),
  type: field("Type", z.enum(transportTypes), { words: { HTTP: "HTTP", WS_SOAP: "WS_SOAP" } }),
  connectTimeoutMs: field("Connect timeout", wholeNumber(100, 60_000).default(5000)),
  timeoutMs: field("Timeout", wholeNumber(100, 600_000).default(30_000)),
  maxResponseBytes: field("Response limit", wholeNumber(1024, 50 * 1024 * 1024).default(1024 * 1024)),
  followRedirects: field("Follow redirects", z.boolean().default(false)),
  trustedCaId: field("Certificate authority", trustedCaId),
  trustedCa: field("Trusted CA", trustedCa.default(null), { stored: z.string().nullable() }),
  notes: field("Notes", z.string().max(10_000).default("")),
};

/** The fields of every transport. */
export const transportFields = {
  ...plainFields,
  authorization: field("Authorization", authorizationInput.default({ kind: "none" }), {
    words: { none: "None", basic: "Basic", credential: "Credential" },
    stored: shownAuthorization,
  }),
  allowHosts: field("Hosts to allow", hostsToAllow.optional(), { kept: "unkept" }),
  proxy: field("Proxy Settings", proxySchema.default({ mode: "none" }), { stored: shownProxy }),
  // How it reads back is in lib/api, which names the schema of a certificate.
  clientCertificate: field("Client certificate", clientCertificate.optional(), {
    kept: "derived",
    stored: z.unknown(),
  }),
};

/** The settings of each type. */
export const typeFields = {
  http: field("HTTP", httpSettings),
  soap: field("WS_SOAP", soapSettings, { stored: z.object(readBack(soapFields)) }),
};

/** The labels of all fields, and of what is inside them, by their names in form and API. */
export const transportLabels = {
  ...labelsOf({ ...transportFields, ...typeFields }),
  "http.url": "URL",
  "http.method": "Method",
  "http.headers": "Headers",
  ...prefixed("soap", labelsOf(soapFields)),
  ...prefixed("soap.security", labelsOf(soapSecurity)),
  "soap.tokenExpired.faultCodes": "Fault codes",
  "soap.tokenExpired.bodyContains": "Texts in the Fault or the body",
  "authorization.username": "Username",
  "authorization.password": "Password",
  "authorization.credentialId": "Name",
};

function prefixed<P extends string, L extends Record<string, string>>(prefix: P, labels: L) {
  const entries = Object.entries(labels).map(([name, label]) => [`${prefix}.${name}`, label]);
  return Object.fromEntries(entries) as { [K in keyof L & string as `${P}.${K}`]: string };
}
