import type { ClientAuthenticationMethod } from "../model.ts";
import { requireSecret } from "../require-secret.ts";

/** RFC 6749 section 2.3.1: the secret in the body. */
export const clientSecretPost: ClientAuthenticationMethod = {
  label: "Client secret in the request body",
  needsSecret: true,
  needsKey: false,
  isMutualTls: false,
  dependsOnClock: false,
  parameters: ["client_id", "client_secret"],
  build: (client) => ({ form: { client_id: client.clientId, client_secret: requireSecret(client) } }),
  buildForMsal: (client) => ({ clientSecret: requireSecret(client) }),
};
