import type { TransportType } from "#lib/transports/model.ts";

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
  authorization: "Authorization",
  "authorization.username": "Username",
  "authorization.password": "Password",
  "authorization.credentialId": "Name",
  connectTimeoutMs: "Connect timeout",
  timeoutMs: "Timeout",
  maxResponseBytes: "Response limit",
  followRedirects: "Follow redirects",
  trustedCa: "Trusted CA",
  proxy: "Proxy Settings",
  notes: "Notes",
} as const;

export const typeWords: Record<TransportType, string> = {
  HTTP: "HTTP",
  WS_SOAP: "WS_SOAP",
};

export const authorizationWords = { none: "None", basic: "Basic", credential: "Credential" } as const;

/** `1 MiB`, `1.5 KiB`, `300 bytes`. */
export function formatBytes(bytes: number): string {
  const units = ["KiB", "MiB", "GiB"];
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  let value = bytes / 1024;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${Number(value.toFixed(1))} ${units[unit]}`;
}
