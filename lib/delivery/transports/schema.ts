import { z } from "zod";
import { soapVersions } from "#lib/delivery/soap/model.ts";
import { maxKeyMaterialLength } from "#lib/platform/certificates/model.ts";
import { proxySchema } from "#lib/platform/net/proxy-schema.ts";
import { certificateEndFilters, httpMethods, runways, soapDefaults, transportTypes } from "./model.ts";

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

const headers = z.array(z.object({ name: headerName, value: headerValue })).max(50, "At most 50 headers.");

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

export const httpSettings = z.object({
  url: serviceUrl,
  method: z.enum(httpMethods).default("GET"),
  headers: headers.default([]),
});

const optionalServiceUrl = z.union([z.literal(""), serviceUrl], {
  error: "Enter a whole URL that begins with https:// or http://.",
});
const noControls = (text: string) => !/\p{Cc}/u.test(text);

/** How much text an uploaded WSDL may have, all documents together. */
const maxUploadLength = 10 * 1024 * 1024;

/** The documents of an uploaded WSDL, the entry first. Imports among them are found by the file's name. */
export const uploadedDocuments = z
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

/** `password` is write-only: absent keeps the stored one. */
const soapSecurity = z.object({
  username: z
    .string()
    .min(1, "Enter the user name.")
    .max(200)
    .refine(noControls, "A user name holds no control characters."),
  password: z.string().max(1000).nullish(),
  passwordType: z.enum(["text", "digest"]).default("text"),
  mustUnderstand: z.boolean().default(true),
  addTimestamp: z.boolean().default(false),
});

const ruleTexts = z.array(z.string().trim().min(1).max(200)).max(50, "At most 50 entries.");
const tokenExpiredRule = z.object({ faultCodes: ruleTexts.default([]), bodyContains: ruleTexts.default([]) });

/** `documents` is an uploaded WSDL, in place of one with a URL; absent keeps the stored one. */
export const soapSettings = z
  .object({
    wsdlUrl: optionalServiceUrl.default(""),
    service: z.string().trim().max(200).default(""),
    port: z.string().trim().max(200).default(""),
    endpointUrl: optionalServiceUrl.default(soapDefaults.endpointUrl),
    raw: z.boolean().default(soapDefaults.raw),
    soapVersion: z.enum(soapVersions).default(soapDefaults.soapVersion),
    security: soapSecurity.nullable().default(null),
    addressing: z.boolean().default(soapDefaults.addressing),
    headers: z
      .string()
      .max(64 * 1024)
      .default(soapDefaults.headers),
    tokenExpired: tokenExpiredRule.default(soapDefaults.tokenExpired),
    documents: uploadedDocuments.optional(),
  })
  .superRefine((soap, context) => {
    const complain = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (soap.wsdlUrl !== "" && soap.documents) complain("documents", "Give the WSDL's URL or upload it, not both.");
    if (soap.raw) {
      if (soap.endpointUrl === "") complain("endpointUrl", "Raw envelopes need the URL that they are sent to.");
      return;
    }
    if (soap.service === "") complain("service", "Enter the service's name as in the WSDL.");
    if (soap.port === "") complain("port", "Enter the port's name as in the WSDL.");
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

const name = z.string().trim().min(1, "Enter a name.").max(200);
const nodeId = z.uuid("Pick a node.");
const limits = {
  connectTimeoutMs: wholeNumber(100, 60_000),
  timeoutMs: wholeNumber(100, 600_000),
  maxResponseBytes: wholeNumber(1024, 50 * 1024 * 1024),
};
const notes = z.string().max(10_000);

/** How a service is reached, whatever is sent there. */
const connection = {
  authorization: authorizationInput.default({ kind: "none" }),
  proxy: proxySchema.default({ mode: "none" }),
  connectTimeoutMs: limits.connectTimeoutMs.default(5000),
  timeoutMs: limits.timeoutMs.default(30_000),
  trustedCa: trustedCa.default(null),
  clientCertificate: clientCertificate.optional(),
};

/** What of a WS_SOAP transport a WSDL is read with; the rest need not be filled in yet. */
export const wsdlSource = z.object({
  nodeId,
  soap: z.object({ wsdlUrl: optionalServiceUrl.default(""), documents: uploadedDocuments.optional() }),
  ...connection,
});

const common = {
  name,
  nodeId,
  ...connection,
  maxResponseBytes: limits.maxResponseBytes.default(1024 * 1024),
  followRedirects: z.boolean().default(false),
  notes: notes.default(""),
};

/** A transport as a form or a program sends it. */
export const transportInput = z.discriminatedUnion("type", [
  z.object({ ...common, type: z.literal("HTTP"), http: httpSettings }),
  z.object({ ...common, type: z.literal("WS_SOAP"), soap: soapSettings }),
]);
export type TransportInput = z.infer<typeof transportInput>;
export type SoapInput = z.infer<typeof soapSettings>;
/** What a form holds before the defaults are put in. */
export type TransportFormValues = z.input<typeof transportInput>;

/** An edit: the version that it was made from, and the fields that change. */
export const transportUpdate = z.object({
  version: z.int32().positive(),
  name: name.optional(),
  nodeId: nodeId.optional(),
  type: z.enum(transportTypes).optional(),
  http: httpSettings.optional(),
  soap: soapSettings.optional(),
  authorization: authorizationInput.optional(),
  proxy: proxySchema.optional(),
  connectTimeoutMs: limits.connectTimeoutMs.optional(),
  timeoutMs: limits.timeoutMs.optional(),
  maxResponseBytes: limits.maxResponseBytes.optional(),
  followRedirects: z.boolean().optional(),
  trustedCa: trustedCa.optional(),
  clientCertificate: clientCertificate.optional(),
  notes: notes.optional(),
});
export type TransportUpdate = z.infer<typeof transportUpdate>;

/** Filters of the list. `nodeId` covers what is under the node too. */
export const transportQuery = z.object({
  q: z.string().trim().max(200).optional(),
  nodeId: z.uuid().optional(),
  type: z.enum(transportTypes).optional(),
  credentialId: z.uuid().optional(),
  runway: z.enum(runways).optional().meta({
    description: "How long it could go on with the token in hand: not at all, less than an hour, longer.",
  }),
  certificateEnds: z.enum(certificateEndFilters).optional().meta({
    description: "What ends within so many days, or has ended: the client certificate, or the trusted CA's.",
  }),
  sort: z.enum(["name", "-name"]).default("name"),
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
});
export type TransportQuery = z.input<typeof transportQuery>;
