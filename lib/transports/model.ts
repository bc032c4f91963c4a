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
