import { createHash, X509Certificate } from "node:crypto";
import {
  ConfidentialClientApplication,
  type INetworkModule,
  type NetworkRequestOptions,
  type NodeAuthOptions,
} from "@azure/msal-node";
import { generate } from "selfsigned";
import { type Agent, fetch } from "undici";
import { beforeEach, expect, it } from "vitest";
import { CLIENTS, ORDERS_AUDIENCE, type SandboxClient } from "./clients.ts";
import { PEOPLE } from "./people.ts";
import { setUpSandbox } from "./set-up-sandbox.ts";
import type { Sandbox } from "./start.ts";

const ORDERS_SCOPE = `${ORDERS_AUDIENCE}/.default`;
const CALLBACK = "http://localhost:3000/api/credentials/callback";
const { ordersApi, workbench } = CLIENTS;

let sandbox: Sandbox;
let dispatcher: Agent;
setUpSandbox((running) => {
  ({ sandbox, dispatcher } = running);
});
beforeEach(() => sandbox.control.reset());

function createMsalClient(
  client: SandboxClient,
  auth: Partial<NodeAuthOptions> = { clientSecret: client.clientSecret },
) {
  const { authority, issuer, tokenEndpoint, idpUrl } = sandbox;
  return new ConfidentialClientApplication({
    auth: {
      clientId: client.clientId,
      authority,
      knownAuthorities: [new URL(idpUrl).host],
      authorityMetadata: JSON.stringify({
        issuer,
        token_endpoint: tokenEndpoint,
        authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
        jwks_uri: `${authority}/discovery/v2.0/keys`,
      }),
      ...auth,
    },
    system: { networkClient: createNetworkClient() },
  });
}

function createNetworkClient(): INetworkModule {
  async function send<Body>(method: string, url: string, options?: NetworkRequestOptions) {
    const response = await fetch(url, { method, headers: options?.headers, body: options?.body, dispatcher });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: (await response.json()) as Body,
    };
  }
  return {
    sendGetRequestAsync: (url, options) => send("GET", url, options),
    sendPostRequestAsync: (url, options) => send("POST", url, options),
  };
}

it("gets an application's token, once, without asking anybody else", async () => {
  const msal = createMsalClient(ordersApi);
  const first = await msal.acquireTokenByClientCredential({ scopes: [ORDERS_SCOPE] });
  const second = await msal.acquireTokenByClientCredential({ scopes: [ORDERS_SCOPE] });
  expect(first?.accessToken).toBeTruthy();
  expect(second?.accessToken).toBe(first?.accessToken);
  expect(await sandbox.control.listTokenRequests()).toMatchObject({ [ordersApi.clientId]: { total: 1, succeeded: 1 } });
});

it("reports a wrong secret with Entra's code and correlation id", async () => {
  const msal = createMsalClient(ordersApi, { clientSecret: "wrong" });
  await expect(msal.acquireTokenByClientCredential({ scopes: [ORDERS_SCOPE] })).rejects.toMatchObject({
    errorCode: "invalid_client",
    errorMessage: expect.stringContaining("AADSTS7000215"),
    correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

it("authenticates with a certificate, and is refused with another one", async () => {
  const [registered, other] = await Promise.all([makeCertificate(), makeCertificate()]);
  await sandbox.control.changeClient({ clientId: ordersApi.clientId, certificate: registered.x5c });
  const msal = createMsalClient(ordersApi, { clientCertificate: registered });
  expect((await msal.acquireTokenByClientCredential({ scopes: [ORDERS_SCOPE] }))?.accessToken).toBeTruthy();
  const stranger = createMsalClient(ordersApi, { clientCertificate: other });
  await expect(stranger.acquireTokenByClientCredential({ scopes: [ORDERS_SCOPE] })).rejects.toMatchObject({
    errorCode: "invalid_client",
    errorMessage: expect.stringContaining("AADSTS700027"),
  });
});

it("signs a person in by a code", async () => {
  const msal = createMsalClient(workbench);
  const start = await msal.getAuthCodeUrl({
    scopes: ["openid"],
    redirectUri: CALLBACK,
    state: "some-state",
    nonce: "some-nonce",
  });
  const url = await signIn(start, PEOPLE.olga.subject);
  const result = await msal.acquireTokenByCode({
    nonce: "some-nonce",
    code: url.searchParams.get("code") ?? "",
    scopes: ["openid"],
    redirectUri: CALLBACK,
  });
  expect(result.account).toMatchObject({ username: "olga@sandbox.example", tenantId: sandbox.tenantId });
  expect(result.idTokenClaims).toMatchObject({ nonce: "some-nonce", roles: PEOPLE.olga.roles });
});

async function makeCertificate() {
  const made = await generate([{ name: "commonName", value: "orders-api" }], { algorithm: "sha256" });
  const { raw } = new X509Certificate(made.cert);
  return {
    privateKey: made.private,
    thumbprintSha256: createHash("sha256").update(raw).digest("hex"),
    x5c: made.cert,
  };
}

/** Signs in as a browser does, and gives the URL that it is sent to in the end. */
async function signIn(start: string, person: string): Promise<URL> {
  const cookies: string[] = [];
  async function step(url: URL, init: { method?: string; body?: URLSearchParams } = {}): Promise<URL> {
    const headers = { cookie: cookies.join("; ") };
    const response = await fetch(url, { ...init, headers, redirect: "manual", dispatcher });
    cookies.push(...response.headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? ""));
    return new URL(response.headers.get("location") ?? "", url);
  }
  const page = await step(new URL(start));
  const body = new URLSearchParams({ person });
  return step(await step(new URL(`${page.href}/login`), { method: "POST", body }));
}
