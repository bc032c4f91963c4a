import type { ServiceDescription, SoapVersion } from "#lib/delivery/soap/model.ts";
import type { CredentialStatus } from "#lib/oauth/credentials/kinds.ts";
import type { CertificateInfo } from "#lib/platform/certificates/model.ts";
import type { ProxySettings } from "#lib/platform/net/proxy-settings.ts";

export const transportTypes = ["HTTP", "WS_SOAP"] as const;
export type TransportType = (typeof transportTypes)[number];

export const httpMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
export type HttpMethod = (typeof httpMethods)[number];

export type Header = { name: string; value: string };

/** Settings of an HTTP transport; a trigger's path and query are appended to `url`. */
export type HttpSettings = { url: string; method: HttpMethod; headers: Header[] };

/** A UsernameToken (WS-Security UsernameToken Profile 1.1.1). Its password is a secret of the transport's row. */
export type SoapSecurity = {
  username: string;
  passwordType: "text" | "digest";
  mustUnderstand: boolean;
  /** Whether a wsu:Timestamp goes along. */
  addTimestamp: boolean;
};

/** How an answer says that the token has expired, beside 401. Compared without regard to case. */
export type TokenExpiredRule = {
  /** Local names or whole values of a Fault's code or one of its subcodes. */
  faultCodes: string[];
  /** Texts in a Fault's reason or detail, or in a short answer without a Fault. */
  bodyContains: string[];
};

/** Settings of a WS_SOAP transport. */
export type SoapSettings = {
  /** Where the WSDL is read from; empty when it was uploaded, and for raw envelopes without one. */
  wsdlUrl: string;
  /** Empty for raw envelopes. */
  service: string;
  port: string;
  /** Where calls go instead of the address in the WSDL; empty = that address. */
  endpointUrl: string;
  /** Whether triggers bring whole envelopes; then no WSDL is needed. */
  raw: boolean;
  /** Version of raw envelopes; otherwise the port decides. */
  soapVersion: SoapVersion;
  security: SoapSecurity | null;
  /** Whether WS-Addressing 1.0 headers are sent. */
  addressing: boolean;
  /** Header blocks for each call: XML of any number of elements. */
  headers: string;
  tokenExpired: TokenExpiredRule;
};

/**
 * How services say that a token has expired, unless the transport says otherwise: the fault codes of WS-Security
 * (SOAP Message Security 1.1.1 section 12) and of WS-Trust 1.4 section 11, and what gateways write.
 */
export const defaultTokenExpired: TokenExpiredRule = {
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
export const soapDefaults: Omit<SoapSettings, "wsdlUrl" | "service" | "port"> = {
  endpointUrl: "",
  raw: false,
  soapVersion: "1.1",
  security: null,
  addressing: false,
  headers: "",
  tokenExpired: defaultTokenExpired,
};

/** As the table holds them: transports saved by an older version have the contract's three members only. */
export type StoredSoapSettings = Pick<SoapSettings, "wsdlUrl" | "service" | "port"> & Partial<SoapSettings>;

/** The settings as people see them. */
export type ShownSoapSettings = Omit<SoapSettings, "security"> & {
  security: (SoapSecurity & { passwordSetAt: string | null }) | null;
};

/** What goes into the Authorization header (RFC 9110 section 11.6.2). `transports` is handed it and never asks where a token comes from. */
export type Authorization =
  | { kind: "none" }
  | { kind: "basic"; username: string; password: string }
  | { kind: "bearer"; token: string };

/** The Authorization of a transport as people see it: no secret, only when the password was set. */
export type TransportAuthorization =
  | { kind: "none" }
  | { kind: "basic"; username: string; passwordSetAt: string | null }
  | { kind: "credential"; credentialId: string; credentialName: string; credentialStatus: CredentialStatus };

/** A client certificate as people see it: its key only by when it was set. */
export type ShownClientCertificate = CertificateInfo & {
  /** PEM, the leaf first. */
  certificate: string;
  privateKeySetAt: string | null;
};

/** Proxy settings as people see them. */
export type ShownProxy =
  | Exclude<ProxySettings, { mode: "manual" }>
  | (Extract<ProxySettings, { mode: "manual" }> & { passwordSetAt: string | null });

/** Where a WSDL comes from. */
export const wsdlSources = ["url", "upload"] as const;
export type WsdlSource = (typeof wsdlSources)[number];

/** Why a WSDL could not be read. `at` is an ISO string. */
export type WsdlFailure = { code: string; message: string; hint: string | null; at: string };

/** The WSDL of a transport as people see it. */
export type WsdlSummary = {
  source: WsdlSource;
  /** The first document: its URL, or `upload:` and the file's name. */
  entry: string;
  /** SHA-256 in hex; null as long as the WSDL could not be read. */
  hash: string | null;
  /** Of all documents together. */
  bytes: number;
  readAt: string | null;
  failure: WsdlFailure | null;
  /** Where calls go: the transport's endpoint URL, or else the address of its port in the WSDL; null when neither is known. */
  endpoint: string | null;
  /** Of the chosen port; null while the WSDL does not tell. */
  soapVersion: SoapVersion | null;
  services: ServiceDescription[];
};

type TransportBase = {
  id: string;
  version: number;
  name: string;
  nodeId: string;
  nodeName: string;
  type: TransportType;
  /** Set for type HTTP, else null. */
  http: HttpSettings | null;
  /** Set for type WS_SOAP, else null. */
  soap: ShownSoapSettings | null;
  authorization: TransportAuthorization;
  /** When the client certificate ends; null without one. */
  clientCertificateEndsAt: string | null;
  /** When the last of the certificates that are trusted beside the usual ones ends; null without any. */
  trustedCaEndsAt: string | null;
  connectTimeoutMs: number;
  timeoutMs: number;
  maxResponseBytes: number;
  followRedirects: boolean;
  createdAt: string;
  updatedAt: string;
};

/** A row of the list; `usedBy` counts the triggers. */
export type TransportSummary = TransportBase & { usedBy: number };

/** Who uses a transport. */
export type TransportUse = { kind: "trigger"; id: string; name: string; nodeId: string };

/** What a change of a transport touches: its triggers, of all or of those that a reader may see, the soonest due first. */
export type TouchedTriggers = {
  /** Of all. */
  count: number;
  triggers: {
    id: string;
    name: string;
    nodeId: string;
    nodeName: string;
    enabled: boolean;
    event: "on_demand" | "schedule" | "webhook";
    /** When its schedule is due next; null when it has none, is paused or disabled. */
    nextDueAt: string | null;
  }[];
};

/** One transport with everything that may be shown. */
export type TransportDetail = TransportBase & {
  proxy: ShownProxy;
  trustedCa: string | null;
  clientCertificate: ShownClientCertificate | null;
  notes: string;
  /** Null for HTTP and for a transport of raw envelopes without a WSDL. */
  wsdl: WsdlSummary | null;
  usedBy: TransportUse[];
};

export const runways = ["none", "hour", "longer"] as const;
/** How long a transport could go on if its provider failed now: not at all, less than an hour, longer. */
export type Runway = (typeof runways)[number];

export const certificateEndFilters = ["ended", "7", "30", "60"] as const;
/** A client certificate or trusted CA has ended, or ends within so many days. */
export type CertificateEndFilter = (typeof certificateEndFilters)[number];
