/**
 * How outbound requests leave: directly, by HTTP_PROXY/HTTPS_PROXY/NO_PROXY of the process, or by a proxy named here.
 * The password of a manual proxy is a secret of the row that holds these settings and is not part of them.
 */
export type ProxySettings =
  | { mode: "none" }
  | { mode: "environment" }
  | { mode: "manual"; url: string; username: string; bypass: string[] };

export const proxyModes = ["none", "environment", "manual"] as const;

/** Settings with the password opened, for lib/platform/net only. */
export type OpenProxySettings =
  | Exclude<ProxySettings, { mode: "manual" }>
  | (Extract<ProxySettings, { mode: "manual" }> & { password: string | null });
