import type { Aad } from "#lib/platform/crypto/envelope.ts";

type ManualProxy = { mode: "manual"; url: string; username: string; bypass: string[] };

/** How requests leave, once it's known which proxy is meant. */
export type ResolvedProxySettings = { mode: "none" } | { mode: "environment" } | ManualProxy;

/**
 * How outbound requests leave: directly, by HTTP_PROXY/HTTPS_PROXY/NO_PROXY of the process, by a named proxy, or by one of the
 * row's own, whose password is a secret of that row and is not part of the settings.
 */
export type ProxySettings = ResolvedProxySettings | { mode: "named"; proxyId: string };

export const proxyModes = ["none", "named", "environment", "manual"] as const;

/** The proxy that is used, its password still sealed. */
export type SealedProxy = {
  settings: ResolvedProxySettings;
  passwordEnvelope: string | null;
  /** What the envelope is bound to, e.g. `credentials/<id>.proxyPassword`. */
  aad: Aad;
};

/** Settings with the password opened, for lib/platform/net only. */
export type OpenProxySettings =
  | Exclude<ResolvedProxySettings, ManualProxy>
  | (ManualProxy & { password: string | null });
