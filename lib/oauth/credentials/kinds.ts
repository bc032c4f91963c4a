export const credentialTypes = ["application", "user"] as const;
export type CredentialType = (typeof credentialTypes)[number];

export const grantTypes = { application: "client_credentials", user: "authorization_code" } as const;

export const providers = ["entra", "generic"] as const;
export type Provider = (typeof providers)[number];

/** OpenID Connect Core 1.0 section 9; the last two are mutual TLS (RFC 8705 sections 2.1 and 2.2). */
export const clientAuthentications = [
  "client_secret_post",
  "client_secret_basic",
  "private_key_jwt",
  "tls_client_auth",
  "self_signed_tls_client_auth",
] as const;
export type ClientAuthentication = (typeof clientAuthentications)[number];

/** How a client proves itself at the token endpoint. */
export type ClientProof = { clientAuthentication: ClientAuthentication; presentCertificate: boolean };

/** Whether the client secret is sent. */
export function usesSecret({ clientAuthentication }: Pick<ClientProof, "clientAuthentication">): boolean {
  return clientAuthentication === "client_secret_post" || clientAuthentication === "client_secret_basic";
}

/** Whether the certificate is shown in TLS: it is the authentication itself, or goes beside another one. */
export function usesMutualTls({ clientAuthentication, presentCertificate }: ClientProof): boolean {
  return presentCertificate || clientAuthentication.endsWith("tls_client_auth");
}

/** Whether the private key is needed, to sign or in TLS. */
export function usesKey(proof: ClientProof): boolean {
  return proof.clientAuthentication === "private_key_jwt" || usesMutualTls(proof);
}

/** Worst first: the order of the list when it is sorted by status (drizzle/schema/credentials.ts has the index). */
export const credentialStatuses = [
  "action_needed",
  "degraded",
  "expiring",
  "unverified",
  "active",
  "disabled",
] as const;
export type CredentialStatus = (typeof credentialStatuses)[number];
