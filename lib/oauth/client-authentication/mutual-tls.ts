import type { ClientCertificate } from "#lib/platform/net/trust.ts";
import type { ClientSecrets } from "./model.ts";
import { type ClientProof, usesMutualTls } from "./registry.ts";
import { requireKeyPair } from "./require-secret.ts";

/** What decides which certificate a client shows in TLS. */
export type CertificateClient = ClientProof & Pick<ClientSecrets, "privateKey" | "certificate">;

/**
 * Returns what is shown in TLS at the token endpoint (RFC 8705 section 2), null when nothing is.
 * @throws AppError `invalid_input` when it should be and is not set.
 */
export function readClientCertificate(client: CertificateClient): ClientCertificate | null {
  if (!usesMutualTls(client)) return null;
  const { privateKey: key, certificate } = requireKeyPair(client);
  return { key, certificate };
}

/**
 * Adds the alias of the token endpoint (RFC 8705 section 5) to a client that shows a certificate in TLS, if the provider
 * has one.
 */
export function withMutualTlsUrl<T extends ClientProof & { mutualTlsUrl?: string | null | undefined }>(
  client: T,
  metadata: { mutualTlsTokenUrl: string | null } | null,
): T {
  if (!metadata?.mutualTlsTokenUrl || !usesMutualTls(client)) return client;
  return { ...client, mutualTlsUrl: metadata.mutualTlsTokenUrl };
}

/** Returns where a client's token requests go. */
export function tokenUrlOf(client: { endpointUrl: string; mutualTlsUrl?: string | null | undefined }): string {
  return client.mutualTlsUrl ?? client.endpointUrl;
}
