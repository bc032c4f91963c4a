import type { ClientAuthenticationMethod, ClientSecrets } from "../model.ts";
import { missing, requireKeyPair } from "../require-secret.ts";

/** RFC 7523 section 2.2: an assertion signed with the private key. */
export const privateKeyJwt: ClientAuthenticationMethod = {
  label: "Certificate (signed JWT)",
  needsSecret: false,
  needsKey: true,
  isMutualTls: false,
  dependsOnClock: true,
  parameters: ["client_id", "client_assertion", "client_assertion_type"],
  build: (client) => ({ signWith: { privateKey: requireKey(client), certificate: client.certificate } }),
  buildForMsal(client) {
    const { privateKey, certificate } = requireKeyPair(client);
    return { clientCertificate: { privateKey, x5c: certificate } };
  },
};

function requireKey({ privateKey }: ClientSecrets): string {
  if (privateKey) return privateKey;
  throw missing("privateKey", "There is no private key.");
}
