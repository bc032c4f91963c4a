import { clientSecretBasic } from "./methods/client-secret-basic.ts";
import { clientSecretBasicPlain } from "./methods/client-secret-basic-plain.ts";
import { clientSecretPost } from "./methods/client-secret-post.ts";
import { privateKeyJwt } from "./methods/private-key-jwt.ts";
import { selfSignedTlsClientAuth } from "./methods/self-signed-tls-client-auth.ts";
import { tlsClientAuth } from "./methods/tls-client-auth.ts";
import type { ClientAuthenticationMethod } from "./model.ts";

/** The client authentications by their registered names, in the order in which the form offers them. */
const methods = {
  client_secret_post: clientSecretPost,
  client_secret_basic: clientSecretBasic,
  client_secret_basic_plain: clientSecretBasicPlain,
  private_key_jwt: privateKeyJwt,
  tls_client_auth: tlsClientAuth,
  self_signed_tls_client_auth: selfSignedTlsClientAuth,
} satisfies Record<string, ClientAuthenticationMethod>;

export type ClientAuthentication = keyof typeof methods;
export const clientAuthentications = Object.keys(methods) as ClientAuthentication[];
export const clientAuthenticationMethods: Record<ClientAuthentication, ClientAuthenticationMethod> = methods;

/** How a client proves itself at the token endpoint. */
export type ClientProof = { clientAuthentication: ClientAuthentication; presentCertificate: boolean };

/** Returns whether the client secret is sent. */
export function usesSecret({ clientAuthentication }: Pick<ClientProof, "clientAuthentication">): boolean {
  return methods[clientAuthentication].needsSecret;
}

/** Returns whether the certificate is shown in TLS: it is the authentication itself, or is shown with another one. */
export function usesMutualTls({ clientAuthentication, presentCertificate }: ClientProof): boolean {
  return presentCertificate || methods[clientAuthentication].isMutualTls;
}

/** Returns whether the private key is needed, to sign or in TLS. */
export function usesKey(proof: ClientProof): boolean {
  return methods[proof.clientAuthentication].needsKey || usesMutualTls(proof);
}
