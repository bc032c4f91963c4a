import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type Provider from "oidc-provider";
import { createMemoryAdapter } from "oidc-provider/lib/adapters/memory_adapter.js";
import type { SandboxCertificates } from "./certificates.ts";
import { TENANT_ID } from "./clients.ts";
import { CONTROL_PATH } from "./control.ts";
import { createEntraProvider } from "./entra.ts";
import { shapeEntraError, tenantNotFound } from "./entra-errors.ts";
import { onAnswer, sendJson } from "./exchange.ts";
import { type Faults, misbehave } from "./faults.ts";
import { createGenericProvider, GENERIC_MOUNT_PATH } from "./generic.ts";
import { listenOnLoopback } from "./listen.ts";
import type { OpaqueToken } from "./opaque-token.ts";
import type { Directory } from "./people.ts";
import type { ClientRegistry } from "./registry.ts";
import { readBody, replayBody } from "./request-body.ts";
import type { TokenIds } from "./revocation.ts";
import type { SigningKeys } from "./signing-keys.ts";
import type { TokenRequests } from "./token-requests.ts";

export interface ProviderOptions {
  certificates: SandboxCertificates;
  port: number;
  registry: ClientRegistry;
  people: Directory;
  keys: SigningKeys;
  tokenIds: TokenIds;
  faults: Faults;
  tokenRequests: TokenRequests;
  serveControl(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface IdentityProvider {
  /** `https://localhost:PORT` */
  origin: string;
  /** Takes up changed signing keys. */
  reload(): void;
  /** Forgets sessions, codes, grants, refresh tokens and opaque tokens. */
  forget(): void;
  findOpaqueToken(value: string): Promise<OpaqueToken | undefined>;
  close(): Promise<void>;
}

const ENTRA_TOKEN_PATH = `/${TENANT_ID}/oauth2/v2.0/token`;
const GENERIC_TOKEN_PATH = `${GENERIC_MOUNT_PATH}/token`;
const MATCHES_ENTRA_PATH = /^\/([^/]+)\/(?:oauth2\/v2\.0\/|v2\.0\/|discovery\/v2\.0\/)/;
const MATCHES_MEMBERSHIP_PATH = /^\/users\/([^/]+)\/getMemberObjects$/;
const WELL_KNOWN = "/.well-known/openid-configuration";

/** Starts the identity provider over https: an Entra tenant at `/{tenant}`, an ordinary provider at `/generic`. */
export async function startProvider(options: ProviderOptions): Promise<IdentityProvider> {
  const { certificates, port, registry, people, keys, tokenIds } = options;
  let memory = createMemoryAdapter();
  let entra: { provider: Provider; handle: ReturnType<Provider["callback"]> } | undefined;
  let generic: typeof entra;

  const respond = (request: IncomingMessage, response: ServerResponse) => {
    dispatch(request, response).catch((error: unknown) => {
      console.error("sandbox:", error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  };
  // Who has a client certificate may show it; whether that is enough is the provider's business (RFC 8705).
  const tls = { key: certificates.key, cert: certificates.cert, ca: certificates.ca };
  const asking = { ...tls, requestCert: true, rejectUnauthorized: false };
  const listening = await listenOnLoopback(() => createServer(asking, respond), port, "SANDBOX_IDP_PORT");
  const origin = `https://localhost:${listening.port}`;

  function reload() {
    const parts = { origin, tenantId: TENANT_ID, registry, people, keys, tokenIds, memory };
    const entraProvider = createEntraProvider(parts);
    const genericProvider = createGenericProvider(parts);
    entra = { provider: entraProvider, handle: entraProvider.callback() };
    generic = { provider: genericProvider, handle: genericProvider.callback() };
  }
  reload();

  async function dispatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? "/";
    const path = url.split("?")[0] ?? "/";
    if (path === CONTROL_PATH || path.startsWith(`${CONTROL_PATH}/`)) return options.serveControl(request, response);
    if (request.method === "POST" && (path === ENTRA_TOKEN_PATH || path === GENERIC_TOKEN_PATH)) {
      if (await admitTokenRequest(request, response, options)) return;
    }
    if (path.startsWith(`/${TENANT_ID}/`)) return serveTenant(request, response, url.slice(TENANT_ID.length + 1));
    if (path.startsWith(`${GENERIC_MOUNT_PATH}/`)) {
      mount(request, GENERIC_MOUNT_PATH, url.slice(GENERIC_MOUNT_PATH.length));
      return generic?.handle(request, response);
    }
    const otherTenant = MATCHES_ENTRA_PATH.exec(path)?.[1];
    if (otherTenant) return sendJson(response, 400, shapeEntraError(tenantNotFound(otherTenant)));
    sendJson(response, 404, { error: "not_found", tenant: TENANT_ID, generic: `${origin}${GENERIC_MOUNT_PATH}` });
  }

  function serveTenant(request: IncomingMessage, response: ServerResponse, rest: string): void {
    const objectId = MATCHES_MEMBERSHIP_PATH.exec(rest)?.[1];
    if (objectId) {
      sendJson(response, 200, { value: people.findByObjectId(objectId)?.groups ?? [] });
      return;
    }
    // The issuer is below /v2.0, the endpoints are not: discovery is served from where the endpoints are.
    mount(request, `/${TENANT_ID}`, rest.startsWith(`/v2.0${WELL_KNOWN}`) ? WELL_KNOWN : rest);
    entra?.handle(request, response);
  }

  return {
    origin,
    reload,
    forget() {
      memory = createMemoryAdapter();
      reload();
    },
    async findOpaqueToken(value) {
      const token = await generic?.provider.ClientCredentials.find(value);
      if (!token?.aud) return undefined;
      return {
        clientId: token.clientId,
        audience: token.aud,
        expiresAt: token.exp,
        tokenId: String(token.extra?.token_id),
      };
    },
    close: () => listening.close(),
  };
}

/** Counts a token request and lets a fault act on it. Resolves with true when it has been dealt with. */
async function admitTokenRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { faults, tokenRequests }: ProviderOptions,
): Promise<boolean> {
  const body = await readBody(request);
  const clientId = readClientId(request, body);
  onAnswer(response, tokenRequests.begin(clientId));
  const fault = faults.take(clientId);
  if (fault && (await misbehave(fault, response))) return true;
  replayBody(request, body);
  return false;
}

/** The client of a token request: from the body, or from the Authorization header (RFC 6749, 2.3.1). */
function readClientId(request: IncomingMessage, body: Buffer): string {
  const inBody = new URLSearchParams(body.toString("utf8")).get("client_id");
  if (inBody) return inBody;
  const credentials = /^basic (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const encoded = Buffer.from(credentials, "base64").toString("utf8").split(":")[0] ?? "";
  return new URLSearchParams(`id=${encoded}`).get("id") ?? "";
}

/** Mounts as Express does: oidc-provider finds its own prefix by comparing the two URLs. */
function mount(request: IncomingMessage & { originalUrl?: string }, mountPath: string, rest: string): void {
  request.originalUrl = mountPath + rest;
  request.url = rest;
}
