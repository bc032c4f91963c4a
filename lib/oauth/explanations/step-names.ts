/** How a check of an Application credential goes on, in order; a step for each transport follows. */
export const checkSteps = [
  "configuration",
  "name_resolution",
  "proxy",
  "tcp",
  "tls",
  "token_endpoint",
  "client",
  "scope",
  "token",
  "clock",
] as const;

/** Of a User credential, which nobody has to sign in for. */
export const userCheckSteps = [
  "configuration",
  "name_resolution",
  "proxy",
  "tcp",
  "tls",
  "metadata",
  "keys",
  "token_endpoint",
  "client",
  "redirect_uri",
  "clock",
  "sign_in",
] as const;

export type CheckStepName = (typeof checkSteps)[number] | (typeof userCheckSteps)[number] | "transport";

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
