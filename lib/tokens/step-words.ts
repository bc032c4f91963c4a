import type { CheckStepName } from "./check-steps.ts";

/** The steps of a check as their headings. */
export const stepWords: Record<CheckStepName, string> = {
  configuration: "Configuration",
  name_resolution: "Name resolution",
  proxy: "Proxy",
  tcp: "TCP connection",
  tls: "TLS",
  token_endpoint: "Token endpoint",
  client: "Client",
  scope: "Scope",
  token: "Token",
  clock: "Clock",
  metadata: "Metadata",
  keys: "Signing keys",
  redirect_uri: "Redirect URI",
  sign_in: "Sign-in",
  transport: "Transport",
};
