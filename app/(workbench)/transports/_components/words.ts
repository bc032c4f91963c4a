import type { TransportType } from "#lib/delivery/transports/model.ts";

/** Labels of the fields, by their names in form and API. */
export const labels = {
  name: "Transport Name",
  nodeId: "Node",
  type: "Type",
  http: "HTTP",
  "http.url": "URL",
  "http.method": "Method",
  "http.headers": "Headers",
  soap: "WS_SOAP",
  "soap.wsdlUrl": "WSDL URL",
  "soap.service": "Service",
  "soap.port": "Port",
  "soap.endpointUrl": "Endpoint URL",
  "soap.soapVersion": "SOAP version",
  "soap.security": "UsernameToken (WS-Security)",
  "soap.security.username": "User name in the envelope",
  "soap.security.password": "Password in the envelope",
  "soap.security.passwordType": "How the password is sent",
  "soap.security.mustUnderstand": "The service must understand it",
  "soap.security.addTimestamp": "Add a timestamp",
  "soap.addressing": "WS-Addressing",
  "soap.headers": "Header blocks",
  "soap.tokenExpired.faultCodes": "Fault codes",
  "soap.tokenExpired.bodyContains": "Texts in the Fault or the body",
  authorization: "Authorization",
  "authorization.username": "Username",
  "authorization.password": "Password",
  "authorization.credentialId": "Name",
  connectTimeoutMs: "Connect timeout",
  timeoutMs: "Timeout",
  maxResponseBytes: "Response limit",
  followRedirects: "Follow redirects",
  trustedCa: "Trusted CA",
  clientCertificate: "Client certificate",
  proxy: "Proxy Settings",
  notes: "Notes",
} as const;

export const typeWords: Record<TransportType, string> = {
  HTTP: "HTTP",
  WS_SOAP: "WS_SOAP",
};

/** Where the WSDL of a transport comes from. */
export const wsdlSourceWords = {
  url: "From a URL",
  upload: "Uploaded files",
  raw: "None: raw envelopes",
} as const;

export const authorizationWords = { none: "None", basic: "Basic", credential: "Credential" } as const;
