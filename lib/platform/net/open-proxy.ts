import { openSecret } from "#lib/platform/crypto/envelope.ts";
import type { OpenProxySettings, SealedProxy } from "./proxy-settings.ts";

/**
 * A proxy with its password opened, for lib/platform/net.
 * @throws AppError `secret_unreadable`
 */
export function openProxy({ settings, passwordEnvelope, aad }: SealedProxy): OpenProxySettings {
  if (settings.mode !== "manual") return settings;
  return { ...settings, password: passwordEnvelope === null ? null : openSecret(passwordEnvelope, aad) };
}
