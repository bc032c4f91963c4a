import type { ClientSecrets } from "./model.ts";

/** Returns whether the secret is sent as Basic and encoding changes it, which servers that don't decode it reject. */
export function hasEncodedBasic(
  client: Pick<ClientSecrets, "clientId" | "clientSecret"> & { clientAuthentication: string },
) {
  const { clientId, clientSecret, clientAuthentication } = client;
  if (clientAuthentication !== "client_secret_basic" || !clientSecret) return false;
  return [clientId, clientSecret].some((text) => encodeURIComponent(text) !== text);
}
