import type { OpenCredential } from "#lib/oauth/credentials/model.ts";

/** Whatever of a check must never be shown. */
export function listSecrets(client: OpenCredential | null, accessToken: string | null): (string | null)[] {
  if (!client) return [accessToken];
  const { clientSecret, privateKey, proxy } = client;
  return [clientSecret, privateKey, proxy.mode === "manual" ? proxy.password : null, accessToken];
}
