import type { ClientAuthenticationMethod, ClientSecrets } from "../model.ts";
import { missing, requireSecret } from "../require-secret.ts";
import { clientSecretBasic } from "./client-secret-basic.ts";

/** HTTP Basic as in RFC 7617, for servers that don't decode what RFC 6749 section 2.3.1 encodes. */
export const clientSecretBasicPlain: ClientAuthenticationMethod = {
  ...clientSecretBasic,
  label: "Client secret as HTTP Basic, not encoded",
  build: (client) => ({ authorization: writeBasic(client) }),
};

function writeBasic(client: ClientSecrets): string {
  if (client.clientId.includes(":")) {
    throw missing("clientId", "A client ID with a colon can't be sent as HTTP Basic without encoding.");
  }
  const bytes = new TextEncoder().encode(`${client.clientId}:${requireSecret(client)}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
