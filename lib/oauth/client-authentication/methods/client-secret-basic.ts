import type { ClientAuthenticationMethod, ClientSecrets } from "../model.ts";
import { requireSecret } from "../require-secret.ts";

/** RFC 6749 section 2.3.1: the secret as HTTP Basic. */
export const clientSecretBasic: ClientAuthenticationMethod = {
  label: "Client secret as HTTP Basic",
  needsSecret: true,
  needsKey: false,
  isMutualTls: false,
  dependsOnClock: false,
  parameters: ["client_id", "client_secret"],
  build: (client) => ({ authorization: encodeBasic(client) }),
  buildForMsal: (client) => ({ clientSecret: requireSecret(client) }),
};

/** Encodes only what it must: many servers don't decode, and a strict encoding of `-_.~` would make their secrets invalid. */
function encodeBasic(client: ClientSecrets): string {
  return `Basic ${btoa(`${encodeURIComponent(client.clientId)}:${encodeURIComponent(requireSecret(client))}`)}`;
}
