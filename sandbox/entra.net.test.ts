import { decodeJwt } from "jose";
import { type Agent, fetch } from "undici";
import { beforeEach, describe, expect, it } from "vitest";
import { CLIENTS, ORDERS_AUDIENCE, type SandboxClient } from "./clients.ts";
import type { EntraError } from "./entra-errors.ts";
import { setUpSandbox } from "./set-up-sandbox.ts";
import type { Sandbox } from "./start.ts";

const ORDERS_SCOPE = `${ORDERS_AUDIENCE}/.default`;
const { ordersApi, shortLived, expiredSecret, workbench } = CLIENTS;

let sandbox: Sandbox;
let dispatcher: Agent;
setUpSandbox((running) => {
  ({ sandbox, dispatcher } = running);
});
beforeEach(() => sandbox.control.reset());

async function post(url: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(url, { method: "POST", body: new URLSearchParams(form), headers, dispatcher });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function askForm(client: SandboxClient, changes: Record<string, string> = {}): Record<string, string> {
  return {
    grant_type: "client_credentials",
    client_id: client.clientId,
    client_secret: client.clientSecret,
    scope: ORDERS_SCOPE,
    ...changes,
  };
}

async function ask(client: SandboxClient, changes?: Record<string, string>) {
  const { status, text } = await post(sandbox.tokenEndpoint, askForm(client, changes));
  return { status, answer: JSON.parse(text) as EntraError & { access_token: string; expires_in: number } };
}

describe("a token request of an application", () => {
  it("answers with a token for the resource, as Entra's v2.0 endpoint does", async () => {
    const { status, answer } = await ask(ordersApi);
    expect(status).toBe(200);
    expect(Object.keys(answer).sort()).toEqual(["access_token", "expires_in", "ext_expires_in", "token_type"]);
    const claims = decodeJwt(answer.access_token);
    expect(claims).toMatchObject({
      iss: sandbox.issuer,
      aud: ORDERS_AUDIENCE,
      tid: sandbox.tenantId,
      appid: ordersApi.clientId,
      azp: ordersApi.clientId,
      roles: ["Orders.ReadWrite"],
      ver: "2.0",
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(answer.expires_in);
  });

  it("takes the secret from the Authorization header as well", async () => {
    const { clientId, clientSecret } = ordersApi;
    const { status } = await post(
      sandbox.tokenEndpoint,
      { grant_type: "client_credentials", scope: ORDERS_SCOPE },
      { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    );
    expect(status).toBe(200);
    expect((await sandbox.control.countTokenRequests({ clientId })).total).toBe(1);
  });

  it("gives the client's own lifetime", async () => {
    expect((await ask(shortLived)).answer.expires_in).toBe(5);
  });

  it.each([
    ["a wrong secret", ordersApi, { client_secret: "wrong" }, 401, "invalid_client", 7000215],
    ["an expired secret", expiredSecret, {}, 401, "invalid_client", 7000222],
    ["no secret", ordersApi, { client_secret: "" }, 401, "invalid_client", 7000218],
    ["an unknown client", ordersApi, { client_id: "nobody" }, 400, "unauthorized_client", 700016],
    ["no client", ordersApi, { client_id: "", client_secret: "" }, 400, "invalid_request", 900144],
    ["no scope", ordersApi, { scope: "" }, 400, "invalid_request", 90014],
    ["a scope without /.default", ordersApi, { scope: "api://orders/read" }, 400, "invalid_scope", 70011],
    ["two resources", ordersApi, { scope: `${ORDERS_SCOPE} api://stock/.default` }, 400, "invalid_scope", 70011],
    ["an unknown resource", ordersApi, { scope: "api://none/.default" }, 400, "invalid_resource", 500011],
    ["no grant type", ordersApi, { grant_type: "" }, 400, "invalid_request", 900144],
    ["an unknown grant type", ordersApi, { grant_type: "barter" }, 400, "unsupported_grant_type", 70003],
    ["a grant that the client may not use", workbench, {}, 400, "unauthorized_client", 700025],
    [
      "a made-up code",
      workbench,
      {
        grant_type: "authorization_code",
        code: "made-up",
        redirect_uri: "http://localhost:3000/api/credentials/callback",
      },
      400,
      "invalid_grant",
      9002313,
    ],
  ])("refuses %s as Entra does", async (_what, client, changes, status, error, code) => {
    const refused = await ask(client, changes);
    expect(refused.status).toBe(status);
    expect(refused.answer).toMatchObject({ error, error_codes: [code] });
    expect(refused.answer.error_description).toMatch(new RegExp(`^AADSTS${code}: .+ Trace ID: .+ Correlation ID: `));
    expect(refused.answer.error_description).not.toContain("''");
    expect(refused.answer).toHaveProperty("trace_id");
    expect(refused.answer).toHaveProperty("timestamp");
  });

  it("gives the caller's correlation id back", async () => {
    const { text } = await post(sandbox.tokenEndpoint, askForm(ordersApi, { client_secret: "wrong" }), {
      "client-request-id": "11111111-2222-3333-4444-555555555555",
    });
    expect(JSON.parse(text).correlation_id).toBe("11111111-2222-3333-4444-555555555555");
  });

  it("says so when there is no such tenant", async () => {
    const { status, text } = await post(`${sandbox.idpUrl}/other.example/oauth2/v2.0/token`, askForm(ordersApi));
    expect(status).toBe(400);
    expect(JSON.parse(text).error_description).toContain("AADSTS90002: Tenant 'other.example' not found.");
  });
});

describe("the controls", () => {
  it("change a client's secret, until a reset", async () => {
    const { clientId } = ordersApi;
    await sandbox.control.changeClient({ clientId, clientSecret: "another" });
    expect((await ask(ordersApi)).status).toBe(401);
    expect((await ask(ordersApi, { client_secret: "another" })).status).toBe(200);
    await sandbox.control.reset();
    expect((await ask(ordersApi)).status).toBe(200);
  });

  it.each([
    ["status", {}, 500, "the sandbox was told to answer 500\n"],
    ["status", { status: 403 }, 403, "the sandbox was told to answer 403\n"],
    ["empty", { status: 403 }, 403, ""],
    ["html", {}, 502, expect.stringContaining("<h1>")],
    ["too_many_requests", { retryAfterSeconds: 7 }, 429, expect.any(String)],
    ["slow", { delayMs: 1 }, 200, expect.stringContaining("access_token")],
  ] as const)("make the token endpoint answer %s %o", async (mode, details, status, text) => {
    await sandbox.control.setFault({ mode, ...details });
    const answer = await post(sandbox.tokenEndpoint, askForm(ordersApi));
    expect(answer).toMatchObject({ status, text });
    expect(answer.headers.get("retry-after")).toBe(mode === "too_many_requests" ? "7" : null);
  });

  it("make the token endpoint cut the connection, or never answer", async () => {
    await sandbox.control.setFault({ mode: "reset", times: 1 });
    await expect(ask(ordersApi)).rejects.toThrow("fetch failed");
    await sandbox.control.setFault({ mode: "hang", times: 1 });
    const ending = new AbortController();
    const body = new URLSearchParams(askForm(ordersApi));
    const hanging = fetch(sandbox.tokenEndpoint, { method: "POST", body, signal: ending.signal, dispatcher });
    const { clientId } = ordersApi;
    await expect.poll(async () => (await sandbox.control.countTokenRequests({ clientId })).total).toBe(2);
    // Later requests are answered, and this one still isn't.
    expect((await ask(ordersApi)).status).toBe(200);
    expect(await Promise.race([hanging, Promise.resolve("no answer")])).toBe("no answer");
    ending.abort();
    await expect(hanging).rejects.toThrow("aborted");
  });

  it("let a fault act on one client only", async () => {
    await sandbox.control.setFault({ mode: "status", clientId: shortLived.clientId });
    expect((await ask(ordersApi)).status).toBe(200);
    expect((await post(sandbox.tokenEndpoint, askForm(shortLived))).status).toBe(500);
  });

  it("rotate the signing keys, and take the old ones away", async () => {
    const keyIds = async () => {
      const response = await fetch(`${sandbox.authority}/discovery/v2.0/keys`, { dispatcher });
      return ((await response.json()) as { keys: { kid: string }[] }).keys.map((key) => key.kid);
    };
    const before = await keyIds();
    await sandbox.control.rotateSigningKeys();
    const [newest, ...older] = await keyIds();
    expect(older).toEqual(before);
    await sandbox.control.rotateSigningKeys({ dropOld: true });
    const after = await keyIds();
    expect(after).toHaveLength(1);
    expect(after).not.toContain(newest);
  });
});
