import { usesMutualTls } from "#lib/oauth/credentials/kinds.ts";
import type { ProviderMetadata } from "#lib/oauth/providers/provider-metadata.ts";
import type { TokenClient } from "./model.ts";

/**
 * The client as it asks for tokens: one that shows a certificate in TLS goes where the provider says that such clients must go
 * (RFC 8705 section 5), if it says so.
 */
export function toTokenClient<T extends TokenClient>(client: T, metadata: ProviderMetadata | null): T {
  if (!metadata?.mutualTlsTokenUrl || !usesMutualTls(client)) return client;
  return { ...client, mutualTlsUrl: metadata.mutualTlsTokenUrl };
}
