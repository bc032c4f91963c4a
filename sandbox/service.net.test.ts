import { decodeJwt, importJWK, SignJWT } from "jose";
import { type Agent, fetch } from "undici";
import { beforeEach, describe, expect, it } from "vitest";
import { CLIENTS, ORDERS_AUDIENCE, type SandboxClient, STOCK_AUDIENCE } from "./clients.ts";
import { connectControl } from "./control-client.ts";
import { BASIC_PASSWORD, BASIC_USER } from "./service.ts";
import { setUpSandbox } from "./set-up-sandbox.ts";
import { openSigningKeys } from "./signing-keys.ts";
import type { Sandbox } from "./start.ts";

const { ordersApi, generic } = CLIENTS;

let dir: string;
let sandbox: Sandbox;
let dispatcher: Agent;
setUpSandbox((running) => {
  ({ dir, sandbox, dispatcher } = running);
});
beforeEach(() => sandbox.control.reset());

async function getToken(client: SandboxClient = ordersApi, audience = ORDERS_AUDIENCE): Promise<string> {
  const isEntra = client.personality === "entra";
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: client.clientId,
    client_secret: client.clientSecret,
    ...(isEntra ? { scope: `${audience}/.default` } : { audience }),
  });
  const url = isEntra ? sandbox.tokenEndpoint : sandbox.genericTokenEndpoint;
  const response = await fetch(url, { method: "POST", body, dispatcher });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function call(pathname: string, token?: string, init: { method?: string; body?: string } = {}) {
  const headers = token ? { authorization: `Bearer ${token}` } : undefined;
  const url = new URL(pathname, sandbox.serviceUrl);
  const response = await fetch(url, { ...init, headers, redirect: "manual", dispatcher });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : null };
}

/** Signs with the sandbox's own key a token that the provider would not issue. */
async function forge(changes: Record<string, unknown>): Promise<string> {
  const [jwk] = (await openSigningKeys(dir)).current();
  if (!jwk) throw new Error("the sandbox has no signing key");
  const claims = { ...decodeJwt(await getToken()), ...changes };
  return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: jwk.kid }).sign(await importJWK(jwk, "RS256"));
}

describe("the sample service", () => {
  it.each([ordersApi, generic])("takes a token of $name and tells what came", async (client) => {
    const token = await getToken(client);
    const { status, body } = await call("/echo/this?a=1", token, { method: "PUT", body: "hello" });
    expect(status).toBe(200);
    expect(body).toMatchObject({ method: "PUT", path: "/echo/this", query: { a: "1" }, body: "hello" });
    expect(body.token).toMatchObject({ clientId: client.clientId, audience: ORDERS_AUDIENCE });
    expect(body.token.tokenId).toBe(decodeJwt(token).jti);
    expect(JSON.stringify(body)).not.toContain(token);
  });

  it("takes orders over http and https, and lists them", async () => {
    const token = await getToken();
    expect((await call("/orders", token, { method: "POST", body: '{"item":"bolt"}' })).body).toMatchObject({
      number: 1001,
    });
    const overTls = await call(`${sandbox.serviceTlsUrl}/orders`, token, { method: "POST", body: '{"item":"nut"}' });
    expect(overTls).toMatchObject({ status: 201, body: { number: 1002 } });
    const { body } = await call("/orders", token);
    expect(body.items).toMatchObject([
      { order: { item: "bolt" }, from: ordersApi.clientId },
      { order: { item: "nut" } },
    ]);
    expect((await call("/orders/1002", token)).body.order).toEqual({ item: "nut" });
    expect((await call("/orders", token, { method: "POST", body: "{" })).status).toBe(400);
  });

  it.each([
    ["no token", async () => undefined, /^Bearer realm="sandbox"$/],
    ["a token for another service", () => getToken(ordersApi, STOCK_AUDIENCE), /audience/],
    ["an expired token", () => forge({ exp: Math.floor(Date.now() / 1000) - 1 }), /expired/],
    ["a token of another issuer", () => forge({ iss: "https://elsewhere.example" }), /iss/],
    ["a token with a broken signature", async () => `${(await getToken()).slice(0, -8)}AAAAAAAA`, /signature/],
    ["a word", async () => "word", /not known/],
  ])("refuses %s and says why", async (_what, makeToken, why) => {
    const token = await makeToken();
    for (const pathname of ["/orders", "/fast"]) {
      const { status, headers } = await call(pathname, token);
      expect(status).toBe(401);
      expect(headers.get("www-authenticate")).toMatch(why);
      if (token) expect(headers.get("www-authenticate")).toContain('error="invalid_token"');
    }
  });

  it("refuses tokens that were taken back, and takes new ones", async () => {
    const old = await getToken();
    const others = await getToken(generic);
    expect((await call("/fast", old)).status).toBe(200);
    await sandbox.control.revokeTokens({ clientId: ordersApi.clientId });
    expect((await call("/fast", old)).status).toBe(401);
    expect((await call("/orders", old)).headers.get("www-authenticate")).toContain("revoked");
    expect((await call("/fast", others)).status).toBe(200);
    expect((await call("/fast", await getToken())).status).toBe(200);
  });

  it("takes tokens of a new signing key, and refuses those of a key that was taken away", async () => {
    const old = await getToken();
    await sandbox.control.rotateSigningKeys({ dropOld: true });
    expect((await call("/orders", await getToken())).status).toBe(200);
    expect((await call("/orders", old)).headers.get("www-authenticate")).toContain("signature");
  });

  it("can be told to refuse requests, and refuses a client's first token on /revoked-once", async () => {
    const [first, second] = [await getToken(), await getToken()];
    await sandbox.control.refuseAtService({ times: 1 });
    expect([(await call("/fast", first)).status, (await call("/fast", first)).status]).toEqual([401, 200]);
    expect((await call("/revoked-once", first)).status).toBe(401);
    expect((await call("/revoked-once", second)).status).toBe(200);
    expect((await call("/revoked-once", first)).status).toBe(401);
  });

  it("has a path for Basic, and paths for unusual answers", async () => {
    const basic = (password: string) =>
      fetch(`${sandbox.serviceUrl}/basic`, {
        headers: { authorization: `Basic ${btoa(`${BASIC_USER}:${password}`)}` },
      });
    expect((await basic(BASIC_PASSWORD)).status).toBe(200);
    expect((await basic("wrong")).status).toBe(401);
    expect((await call("/public")).status).toBe(200);
    expect((await call("/status/503")).status).toBe(503);
    expect((await call("/status/204")).status).toBe(204);
    expect((await call("/slow?ms=1")).body.path).toBe("/slow");
    const redirect = await call("/redirect?to=https://other.example/");
    expect([redirect.status, redirect.headers.get("location")]).toEqual([302, "https://other.example/"]);
    const large = await fetch(`${sandbox.serviceUrl}/large?bytes=300000`);
    expect((await large.arrayBuffer()).byteLength).toBe(300_000);
    await expect(fetch(`${sandbox.serviceUrl}/reset`)).rejects.toThrow("fetch failed");
  });
});

describe("the controls over https", () => {
  it("do the same as in the process", async () => {
    const control = await connectControl(sandbox.controlUrl, sandbox.caFile);
    const token = await getToken();
    await call("/orders", token);
    expect(await control.countTokenRequests({ clientId: ordersApi.clientId })).toMatchObject({
      total: 1,
      succeeded: 1,
    });
    expect(await control.listServiceRequests()).toMatchObject([
      { method: "GET", path: "/orders", status: 200, clientId: ordersApi.clientId, tokenId: decodeJwt(token).jti },
    ]);
    await control.revokeTokens();
    expect((await call("/orders", token)).status).toBe(401);
    await expect(control.changeClient({ clientId: "nobody", clientSecret: "x" })).rejects.toThrow("no client nobody");
  });
});
