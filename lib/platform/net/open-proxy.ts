import { type Aad, openSecret } from "#lib/platform/crypto/envelope.ts";
import type { OpenProxySettings, ProxySettings } from "./proxy-settings.ts";

/**
 * Stored proxy settings with the password opened, for lib/platform/net.
 * @param aad what the envelope is bound to, e.g. `credentials/<id>.proxyPassword`.
 * @throws AppError `secret_unreadable`
 */
export function openProxy(settings: ProxySettings, passwordEnvelope: string | null, aad: Aad): OpenProxySettings {
  if (settings.mode !== "manual") return settings;
  return { ...settings, password: passwordEnvelope === null ? null : openSecret(passwordEnvelope, aad) };
}
