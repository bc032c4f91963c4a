/** The tenant that the Entra-like side of the provider serves. */
export const TENANT_ID = "7c9a4d1e-5b32-4f06-9e8d-2a61c0f3b754";
export const TENANT_NAME = "Sallyport Sandbox";

/** What tokens can be asked for: the audience of the sample service, another one, and Microsoft Graph's. */
export const ORDERS_AUDIENCE = "api://orders";
export const STOCK_AUDIENCE = "api://stock";
export const RESOURCES: readonly string[] = [ORDERS_AUDIENCE, STOCK_AUDIENCE, "https://graph.microsoft.com"];

/** Scopes that the generic side knows; an application gets all of them unless it asks for some. */
export const GENERIC_SCOPES: readonly string[] = ["orders.read", "orders.write"];

type GrantType = "client_credentials" | "authorization_code" | "refresh_token";

export interface SandboxClient {
  name: string;
  personality: "entra" | "generic";
  clientId: string;
  clientSecret: string;
  grantTypes: readonly GrantType[];
  redirectUris: readonly string[];
  postLogoutRedirectUris: readonly string[];
  /** The `roles` claim of the application's own tokens. */
  roles: readonly string[];
  tokenLifetimeSeconds: number;
  tokenFormat: "jwt" | "opaque";
  /** Seconds since 1970 after which the secret is refused; 0 means never. */
  secretExpiresAt: number;
  /** With a certificate (PEM) the client authenticates by `private_key_jwt`, and its secret is refused. */
  certificate: string | null;
  /**
   * With a certificate: the client authenticates by showing it in TLS (RFC 8705) instead, one that the sandbox's authority issued
   * for this subject, or just this one. The generic side only.
   */
  mutualTls: "issued" | "self_signed" | null;
}

/** A redirect URI on a loopback host stands for every port of that host (RFC 8252, 7.3). */
const CALLBACKS = ["http://localhost/api/credentials/callback", "http://127.0.0.1/api/credentials/callback"];
const SIGNED_OUT = ["http://localhost/", "http://localhost/signin", "http://127.0.0.1/", "http://127.0.0.1/signin"];

function describeClient(
  client: Pick<SandboxClient, "name" | "clientId" | "clientSecret"> & Partial<SandboxClient>,
): SandboxClient {
  return {
    personality: "entra",
    grantTypes: ["client_credentials"],
    redirectUris: [],
    postLogoutRedirectUris: [],
    roles: [],
    tokenLifetimeSeconds: 3599,
    tokenFormat: "jwt",
    secretExpiresAt: 0,
    certificate: null,
    mutualTls: null,
    ...client,
  };
}

/** The clients that exist from the start and after a reset. The secrets are made up and guard nothing. */
export const CLIENTS = {
  ordersApi: describeClient({
    name: "orders-api",
    clientId: "0b6f3c52-8d4e-4a17-b9c5-61e2d7a80f31",
    clientSecret: "Ord8Q~sandbox.orders-api_secret",
    roles: ["Orders.ReadWrite"],
  }),
  shortLived: describeClient({
    name: "short-lived",
    clientId: "1e47b8a9-3f60-4c2d-8b15-90d4c6e7f258",
    clientSecret: "Sho8Q~sandbox.short-lived_secret",
    roles: ["Orders.ReadWrite"],
    tokenLifetimeSeconds: 5,
  }),
  expiredSecret: describeClient({
    name: "expired-secret",
    clientId: "2d58c9ba-4071-4d3e-9c26-a1e5d7f80369",
    clientSecret: "Exp8Q~sandbox.expired_secret",
    secretExpiresAt: Date.UTC(2024, 0, 31) / 1000,
  }),
  workbench: describeClient({
    name: "workbench",
    clientId: "3c69dacb-5182-4e4f-8d37-b2f6e8091470",
    clientSecret: "Wor8Q~sandbox.workbench_secret",
    grantTypes: ["authorization_code", "refresh_token"],
    redirectUris: CALLBACKS,
    postLogoutRedirectUris: SIGNED_OUT,
  }),
  generic: describeClient({
    name: "generic",
    personality: "generic",
    clientId: "generic-orders",
    clientSecret: "generic-orders-secret",
  }),
  genericShortLived: describeClient({
    name: "generic-short-lived",
    personality: "generic",
    clientId: "generic-short-lived",
    clientSecret: "generic-short-lived-secret",
    tokenLifetimeSeconds: 5,
  }),
  genericOpaque: describeClient({
    name: "generic-opaque",
    personality: "generic",
    clientId: "generic-opaque",
    clientSecret: "generic-opaque-secret",
    tokenFormat: "opaque",
  }),
  genericWorkbench: describeClient({
    name: "generic-workbench",
    personality: "generic",
    clientId: "generic-workbench",
    clientSecret: "generic-workbench-secret",
    grantTypes: ["authorization_code", "refresh_token"],
    redirectUris: CALLBACKS,
    postLogoutRedirectUris: SIGNED_OUT,
  }),
} as const satisfies Record<string, SandboxClient>;
