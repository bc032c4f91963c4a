import type { z } from "zod";
import type { ServiceDescription, SoapVersion } from "#lib/delivery/soap/model.ts";
import type { TokenReach } from "#lib/oauth/credentials/allowed-hosts.ts";
import type { CertificateInfo } from "#lib/platform/certificates/model.ts";
import type { Stored } from "#lib/platform/definitions/derive.ts";
import type { ShownValue, StoredValue } from "#lib/platform/header-values/secret-values.ts";
import type { ShownProxy } from "#lib/platform/net/proxy-schema.ts";
import type { HttpSettings, plainFields, SoapSecurity, SoapSettings, shownAuthorization } from "./definition.ts";

/** As the table holds them: the values of secret headers are sealed. */
export type StoredHttpSettings = Omit<HttpSettings, "headers"> & { headers: StoredValue[] };

/** The settings as people see them. */
export type ShownHttpSettings = Omit<HttpSettings, "headers"> & { headers: ShownValue[] };

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
  | { kind: "bearer"; token: string; reach: TokenReach };

/** The Authorization of a transport as people see it: no secret, only when the password was set. */
export type TransportAuthorization = z.output<typeof shownAuthorization>;

/** Who approved a route, and its hash. Rows from before approvals have no hash until the upgrade adds it. */
export type RouteApproval = { hash: string | null; by: string; at: string };

export const routeStates = ["not_required", "approved", "not_approved"] as const;
/** Whether an admin approved the route that a transport's secrets take. */
export type RouteState = (typeof routeStates)[number];

/** A client certificate as people see it: its key only by when it was set. */
export type ShownClientCertificate = CertificateInfo & {
  /** PEM, the leaf first. */
  certificate: string;
  privateKeySetAt: string | null;
};

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

type TransportBase = Omit<Stored<typeof plainFields>, "trustedCa" | "trustedCaId" | "notes"> & {
  id: string;
  version: number;
  nodeName: string;
  /** Set for type HTTP, else null. */
  http: ShownHttpSettings | null;
  /** Set for type WS_SOAP, else null. */
  soap: ShownSoapSettings | null;
  authorization: TransportAuthorization;
  /** When the client certificate ends; null without one. */
  clientCertificateEndsAt: string | null;
  /** When the last of the certificates that are trusted beside the usual ones ends; null without any. */
  trustedCaEndsAt: string | null;
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
  trustedCaId: string | null;
  trustedCaName: string | null;
  trustedCa: string | null;
  notes: string;
  clientCertificate: ShownClientCertificate | null;
  /** Whether an admin approved the proxy and trusted CA that the token or password is sent over, and who. */
  route: { state: RouteState; approvedBy: string | null; approvedAt: string | null };
  /** Null for HTTP and for a transport of raw envelopes without a WSDL. */
  wsdl: WsdlSummary | null;
  usedBy: TransportUse[];
  /** How many triggers that the reader can't see use it. */
  usedElsewhere: number;
};

export const runways = ["none", "hour", "longer"] as const;
/** How long a transport could go on if its provider failed now: not at all, less than an hour, longer. */
export type Runway = (typeof runways)[number];

export const certificateEndFilters = ["ended", "7", "30", "60"] as const;
/** A client certificate or trusted CA has ended, or ends within so many days. */
export type CertificateEndFilter = (typeof certificateEndFilters)[number];

/** The triggers of a transport: those that the reader can see, and how many others there are. */
export type TransportUses = Pick<TransportDetail, "usedBy" | "usedElsewhere">;

export const noUses: TransportUses = { usedBy: [], usedElsewhere: 0 };
