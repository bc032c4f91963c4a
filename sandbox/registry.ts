import { X509Certificate } from "node:crypto";
import type { AdapterFactory } from "oidc-provider";
import { CLIENTS, type SandboxClient } from "./clients.ts";

export type ClientChanges = Partial<Omit<SandboxClient, "clientId" | "personality">>;

/** The clients as they are now: the fixed ones, with what a test has changed. */
export interface ClientRegistry {
  find(clientId: string): SandboxClient | undefined;
  list(): SandboxClient[];
  /** Throws when there is no such client. */
  change(clientId: string, changes: ClientChanges): void;
  /** Adds a client, or puts it in the place of the one with the same id. */
  put(client: SandboxClient): void;
  reset(): void;
}

/**
 * Makes the registry.
 * @param redirectUris further redirect URIs of the clients for people
 */
export function createRegistry(redirectUris: readonly string[] = []): ClientRegistry {
  const clients = new Map<string, SandboxClient>();

  function put(client: SandboxClient) {
    clients.set(client.clientId, client);
  }
  function reset() {
    clients.clear();
    for (const client of Object.values<SandboxClient>(CLIENTS)) {
      const isForPeople = client.grantTypes.includes("authorization_code");
      put(isForPeople ? { ...client, redirectUris: [...client.redirectUris, ...redirectUris] } : client);
    }
  }
  reset();

  return {
    find: (clientId) => clients.get(clientId),
    list: () => [...clients.values()],
    change(clientId, changes) {
      const client = clients.get(clientId);
      if (!client) throw new Error(`sandbox: there is no client ${clientId}`);
      put({ ...client, ...changes });
    },
    put,
    reset,
  };
}

/** Lets oidc-provider read the clients of one personality from the registry, and keep all else in `memory`. */
export function adaptRegistry(
  registry: ClientRegistry,
  personality: SandboxClient["personality"],
  memory: AdapterFactory,
): AdapterFactory {
  return (model) => {
    if (model !== "Client") return memory(model);
    return {
      async find(clientId: string) {
        const client = registry.find(clientId);
        return client?.personality === personality ? toMetadata(client) : undefined;
      },
    };
  };
}

/** OpenID Connect Dynamic Client Registration 1.0, section 2. */
function toMetadata(client: SandboxClient): Record<string, unknown> {
  const isForPeople = client.grantTypes.includes("authorization_code");
  return {
    client_id: client.clientId,
    client_name: client.name,
    client_secret: client.clientSecret,
    client_secret_expires_at: client.secretExpiresAt,
    // A native client's loopback redirect URIs match with any port.
    application_type: isForPeople ? "native" : "web",
    grant_types: [...client.grantTypes],
    response_types: isForPeople ? ["code"] : [],
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    ...describeAuthentication(client),
  };
}

function describeAuthentication({ certificate, mutualTls }: SandboxClient): Record<string, unknown> {
  if (!certificate) return { token_endpoint_auth_method: "client_secret_post" };
  if (mutualTls === "issued") {
    const { subject } = new X509Certificate(certificate);
    return { token_endpoint_auth_method: "tls_client_auth", tls_client_auth_subject_dn: subject };
  }
  const jwks = { keys: [toJwk(certificate)] };
  return { token_endpoint_auth_method: mutualTls ? "self_signed_tls_client_auth" : "private_key_jwt", jwks };
}

function toJwk(certificate: string): Record<string, unknown> {
  const { publicKey, raw } = new X509Certificate(certificate);
  return { ...publicKey.export({ format: "jwk" }), use: "sig", x5c: [raw.toString("base64")] };
}
