import type { CredentialStatus } from "../credentials/model.ts";
import type { ProxySettings } from "../proxies/model.ts";

export const transportTypes = ["HTTP", "WS_SOAP"] as const;
export type TransportType = (typeof transportTypes)[number];

export const httpMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
export type HttpMethod = (typeof httpMethods)[number];

export type Header = { name: string; value: string };

/** Settings of an HTTP transport; a trigger's path and query are appended to `url`. */
export type HttpSettings = { url: string; method: HttpMethod; headers: Header[] };

/** Settings of a WS_SOAP transport. */
export type SoapSettings = { wsdlUrl: string; service: string; port: string };

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

/** Proxy settings as people see them. */
export type ShownProxy =
  | Exclude<ProxySettings, { mode: "manual" }>
  | (Extract<ProxySettings, { mode: "manual" }> & { passwordSetAt: string | null });

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
  soap: SoapSettings | null;
  authorization: TransportAuthorization;
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

/** One transport with everything that may be shown. */
export type TransportDetail = TransportBase & {
  proxy: ShownProxy;
  trustedCa: string | null;
  notes: string;
  usedBy: TransportUse[];
};
