import type { ClientAuthenticationMethod } from "../model.ts";

/** RFC 8705 section 2.1: the certificate in TLS, known by its issuer and subject. */
export const tlsClientAuth: ClientAuthenticationMethod = {
  label: "Certificate in TLS, issued by a CA",
  needsSecret: false,
  needsKey: true,
  isMutualTls: true,
  dependsOnClock: false,
  parameters: ["client_id"],
  build: ({ clientId }) => ({ form: { client_id: clientId } }),
};
