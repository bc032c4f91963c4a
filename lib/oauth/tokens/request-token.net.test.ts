import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { AppError } from "#lib/platform/errors/app-error.ts";
import { closePools } from "#lib/platform/net/pools.ts";
import { encodings } from "#scripts/secret-forms.ts";
import { setUpTokenLimits } from "#scripts/set-up-token-limits.ts";
import { type Listening, listen, makeCertificates } from "#scripts/test-servers.ts";
import type { TokenClient } from "./model.ts";
import { postTokenRequest } from "./request/token-endpoint.ts";
import { requestToken } from "./request-token.ts";

const dir = mkdtempSync(join(tmpdir(), "sallyport-tokens-"));
let server: Listening;
let certificates: Awaited<ReturnType<typeof makeCertificates>>;
let respond: (response: ServerResponse) => void;
let asked: { url: string; headers: Record<string, unknown>; form: URLSearchParams }[] = [];

setUpTokenLimits();
beforeAll(async () => {
  certificates = await makeCertificates();
  writeFileSync(join(dir, "ca.pem"), certificates.ca);
  process.env.SALLYPORT_EXTRA_CA = join(dir, "ca.pem");
  process.env.SALLYPORT_EGRESS = "allow:loopback";
  server = await listen(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    asked.push({ url: request.url ?? "", headers: request.headers, form });
    respond(response);
  }, certificates.localhost);
});
beforeEach(() => {
  asked = [];
  respond = json({ access_token: "token-1", token_type: "Bearer", expires_in: 3599 });
});
afterAll(async () => {
  await closePools();
  await server.close();
  rmSync(dir, { recursive: true });
});

function json(value: unknown, status = 200) {
  return (response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  };
}
const text =
  (body: string | Buffer, status = 200, headers = {}) =>
  (response: ServerResponse) => {
    response.writeHead(status, headers).end(body);
  };

function describeClient(overrides: Partial<TokenClient> = {}): TokenClient {
  return {
    provider: "generic",
    endpointUrl: `https://localhost:${server.port}/tenant/oauth2/v2.0/token`,
    clientId: "client:1",
    clientAuthentication: "client_secret_post",
    presentCertificate: false,
    clientSecret: "s3cr~t/+ä",
    privateKey: null,
    certificate: null,
    scope: "api://orders/.default",
    tokenParameters: [
      { name: "audience", value: "api://orders" },
      { name: "resource", value: "r" },
    ],
    tokenHeaders: [],
    tokenMember: null,
    acceptAnyTokenType: false,
    proxy: { mode: "none" },
    trustedCa: null,
    ...overrides,
  };
}
const providers = ["entra", "generic"] as const;

test.each(providers)("%s sends the client credentials grant, and nothing that tells in the URL", async (provider) => {
  const token = await requestToken(describeClient({ provider }), () => 1000);
  expect(token).toEqual({
    accessToken: "token-1",
    expiresInSeconds: 3599,
    requestedAt: 1000,
    scope: null,
    idToken: null,
    refreshToken: null,
    proxy: "none",
  });
  expect(asked).toHaveLength(1);
  const { url, form, headers } = asked[0]!;
  expect(url.split("?")[0]).toBe("/tenant/oauth2/v2.0/token");
  expect(decodeURIComponent(url)).not.toContain("s3cr");
  expect(headers).not.toHaveProperty("authorization");
  expect(Object.fromEntries(form)).toMatchObject({
    grant_type: "client_credentials",
    client_id: "client:1",
    client_secret: "s3cr~t/+ä",
    scope: "api://orders/.default",
    audience: "api://orders",
    resource: "r",
  });
});

test.each(providers)(
  "%s sends client_secret_basic in the header only, encoding no more than needed",
  async (provider) => {
    await requestToken(describeClient({ provider, clientAuthentication: "client_secret_basic" }), Date.now);
    const { form, headers } = asked[0]!;
    expect(form.has("client_secret")).toBe(false);
    const text = Buffer.from(String(headers.authorization).slice("Basic ".length), "base64").toString();
    expect(text).toBe("client%3A1:s3cr~t%2F%2B%C3%A4");
  },
);

test.each(providers)("%s signs an assertion with the certificate's key", async (provider) => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const certificate = certificates.localhost.cert;
  const client = describeClient({ provider, clientAuthentication: "private_key_jwt", privateKey: key, certificate });
  await requestToken({ ...client, clientSecret: null }, Date.now);
  const { form } = asked[0]!;
  expect(form.get("client_assertion_type")).toBe("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  const assertion = form.get("client_assertion")!;
  expect(decodeJwt(assertion)).toMatchObject({ iss: "client:1", sub: "client:1" });
  if (provider === "entra") {
    const thumbprint = Buffer.from(new X509Certificate(certificate).fingerprint256.replaceAll(":", ""), "hex");
    expect(decodeProtectedHeader(assertion)).toMatchObject({ "x5t#S256": thumbprint.toString("base64url") });
  }
});

test.each(providers)("%s never lets a token parameter replace a field", async (provider) => {
  await requestToken(
    describeClient({
      provider,
      tokenParameters: ["client_id", "scope", "client_secret"].map((name) => ({ name, value: "evil" })),
    }),
    Date.now,
  );
  expect(asked[0]?.form.getAll("client_id")).toEqual(["client:1"]);
  expect(asked[0]?.form.getAll("scope")).toEqual(["api://orders/.default"]);
  expect(asked[0]?.form.getAll("grant_type")).toEqual(["client_credentials"]);
});

test.each(providers)("%s sends no scope when there is none", async (provider) => {
  await requestToken(describeClient({ provider, scope: "" }), Date.now);
  expect(asked[0]?.form.has("scope")).toBe(false);
});

test.each(providers)("%s sends the bare media type and the credential's headers", async (provider) => {
  const tokenHeaders = [
    { name: "x-api-key", value: "k1" },
    { name: "Accept", value: "application/vnd.idp+json" },
  ];
  await requestToken(describeClient({ provider, tokenHeaders }), Date.now);
  expect(asked[0]?.headers).toMatchObject({
    "content-type": "application/x-www-form-urlencoded",
    "x-api-key": "k1",
    accept: "application/vnd.idp+json",
  });
});

test.each(providers)("%s sends token parameters in their order, with repeats", async (provider) => {
  const tokenParameters = ["z=1", "a=2", "z=3", "a=2"].map((pair) => ({ name: pair[0]!, value: pair[2]! }));
  await requestToken(describeClient({ provider, tokenParameters }), Date.now);
  const sent = [...asked[0]!.form].filter(([name]) => name === "a" || name === "z");
  expect(sent.map(([name, value]) => `${name}=${value}`)).toEqual(["z=1", "a=2", "z=3", "a=2"]);
});

test.each(providers)("%s keeps the query of the endpoint URL", async (provider) => {
  const { endpointUrl } = describeClient();
  await requestToken(describeClient({ provider, endpointUrl: `${endpointUrl}?p=B2C_1_api&x=a%20b` }), Date.now);
  expect(asked[0]?.url).toMatch(/\/token\?p=B2C_1_api&x=a(%20|\+)b/);
});

test("sends the grant type of a token parameter once, and one in the URL only there", async () => {
  const tokenParameters = [{ name: "grant_type", value: "account_credentials" }];
  await requestToken(describeClient({ tokenParameters }), Date.now);
  expect(asked[0]?.form.getAll("grant_type")).toEqual(["account_credentials"]);
  const endpointUrl = `${describeClient().endpointUrl}?grant_type=account_credentials`;
  await requestToken(describeClient({ endpointUrl }), Date.now);
  expect(asked[1]?.form.has("grant_type")).toBe(false);
  respond = json({ error: "unsupported_grant_type" }, 400);
  await expect(requestToken(describeClient({ endpointUrl }), Date.now)).rejects.toMatchObject({
    details: { grantTypeInUrl: "account_credentials" },
  });
});

test.each(providers)("%s sends client_secret_basic_plain without encoding", async (provider) => {
  const plain = { clientId: "client-1", clientAuthentication: "client_secret_basic_plain" } as const;
  await requestToken(describeClient({ provider, ...plain }), Date.now);
  const { form, headers } = asked[0]!;
  expect(form.has("client_secret")).toBe(false);
  const basic = String(headers.authorization).slice("Basic ".length);
  expect(Buffer.from(basic, "base64").toString()).toBe("client-1:s3cr~t/+ä");
});

test.each(providers)("%s reads the token where the credential says, of any type if it says so", async (provider) => {
  respond = json({ data: { access_token: "nested", token_type: "mac" } });
  const client = describeClient({ provider, tokenMember: "data.access_token" });
  await expect(requestToken(client, Date.now)).rejects.toMatchObject({ code: "token_response_invalid" });
  const token = await requestToken({ ...client, acceptAnyTokenType: true }, Date.now);
  expect(token.accessToken).toBe("nested");
});

type Hostile = [name: string, respond: (response: ServerResponse) => void, code: string];
const hostile: Hostile[] = [
  ["HTML", text("<html><title>Proxy</title></html>", 200, { "content-type": "text/html" }), "token_response_invalid"],
  ["an empty body", text(""), "token_response_invalid"],
  ["half of JSON", text('{"access_token":"abc'), "token_response_invalid"],
  ["a token that is an object", json({ access_token: { a: 1 } }), "token_response_invalid"],
  ["a token with a line break", json({ access_token: "a\nb" }), "token_response_invalid"],
  ["a token of another type", json({ access_token: "a", token_type: "DPoP" }), "token_response_invalid"],
  ["a redirect", text("", 307, { location: "https://localhost:1/" }), "token_response_invalid"],
  ["a huge body", text("x".repeat(300_000)), "response_too_large"],
  ["a gzip bomb", text(gzipSync("x".repeat(5_000_000)), 200, { "content-encoding": "gzip" }), "response_too_large"],
  ["a cut connection", (response) => response.socket?.destroy(), "connection_failed"],
  ["a cut body", (response) => void response.write("{", () => response.socket?.destroy()), "connection_failed"],
  ["invalid_client", json({ error: "invalid_client" }, 401), "token_request_refused"],
  ["an error in a 200", json({ error: "invalid_client" }), "token_request_refused"],
  ["an error that is a number", json({ error: 7 }, 400), "token_request_refused"],
  ["403 and nothing", text("", 403), "token_request_refused"],
  ["503 and nothing", text("", 503), "token_endpoint_unavailable"],
  ["429", text("", 429, { "retry-after": "3" }), "token_endpoint_unavailable"],
];
for (const provider of providers) {
  test.each(hostile)(`${provider}: %s is an error of ours, asked for once`, async (_, answer, code) => {
    // On a connection that was open before, a request that is cut off is sent once more.
    await closePools();
    respond = answer;
    await expect(requestToken(describeClient({ provider }), Date.now)).rejects.toMatchObject({
      name: "AppError",
      code,
    });
    expect(asked).toHaveLength(1);
  });
}

const mild: [string, Record<string, unknown>, number][] = [
  ["no token_type", { access_token: "a", expires_in: 60 }, 60],
  ["token_type in capitals", { access_token: "a", token_type: "BEARER", expires_in: 60 }, 60],
  ["expires_in as a string", { access_token: "a", token_type: "Bearer", expires_in: "60" }, 60],
  ["expires_in 0", { access_token: "a", token_type: "Bearer", expires_in: 0 }, 300],
  ["no expires_in", { access_token: "a", token_type: "Bearer" }, 300],
  ["an id_token that is none", { access_token: "a", token_type: "Bearer", expires_in: 60, id_token: "x" }, 60],
];
for (const provider of providers) {
  test.each(mild)(`${provider}: takes a token with %s`, async (_, answer, expiresInSeconds) => {
    respond = json(answer);
    expect(await requestToken(describeClient({ provider }), Date.now)).toMatchObject({
      accessToken: "a",
      expiresInSeconds,
    });
  });
}

test.each(providers)("%s: a secret that the provider echoes does not come through", async (provider) => {
  respond = json({ error: "invalid_client", error_description: "The secret s3cr~t/+ä is wrong." }, 401);
  await expect(requestToken(describeClient({ provider }), Date.now)).rejects.toMatchObject({
    provider: { description: "The secret [removed] is wrong." },
  });
});

test.each(providers)("%s: nothing that was sent, and no token, is kept of what the provider says", async (provider) => {
  const clientSecret = "Zk8~canary-of-the-client-secret";
  const client = describeClient({ provider, clientSecret });
  const places: ((text: string) => unknown)[] = [
    (text) => ({ error: text }),
    (text) => ({ error: "invalid_client", error_description: text }),
    (text) => ({ error: { message: text } }),
    (text) => ({ error: "invalid_client", correlation_id: text }),
    (text) => ({ access_token: "a", token_type: text }),
  ];
  for (const [name, encode] of Object.entries(encodings)) {
    for (const place of places) {
      for (const part of [clientSecret, clientSecret.slice(4, 20)]) {
        const echoed = encode(part);
        respond = json(place(`It was ${echoed}`.slice(0, 990)), 400);
        const err = await requestToken(client, Date.now).catch((thrown: unknown) => thrown as AppError);
        const { message, hint, provider: said } = err as AppError;
        const kept = JSON.stringify({ message, hint, said });
        expect(kept, name).not.toContain(JSON.stringify(echoed).slice(1, 30));
      }
    }
  }
});

test.each(providers)(
  "%s: a code, a refresh token, and the answer's own tokens aren't kept either",
  async (provider) => {
    const client = describeClient({ provider });
    const refreshToken = "canary-refresh-token-0123456789";
    respond = json({ error: "invalid_grant", error_description: `${encodings.base64!(refreshToken)} is over` }, 400);
    const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken });
    const request = { url: client.endpointUrl, headers: [], form };
    await expect(postTokenRequest(client, request, Date.now)).rejects.toMatchObject({
      provider: { code: "invalid_grant", description: expect.stringMatching(/^\[removed\]=* is over$/) },
    });
    const accessToken = "canary-access-token-0123456789";
    respond = json({ access_token: accessToken, error: "invalid_scope", error_description: `Not ${accessToken}` }, 400);
    await expect(requestToken(client, Date.now)).rejects.toMatchObject({ provider: { description: "Not [removed]" } });
    respond = json({ access_token: accessToken, expires_in: 60, scope: `read ${encodings.hex!(accessToken)}` });
    expect(await requestToken(client, Date.now)).toMatchObject({ scope: "read [removed]" });
  },
);

test("neither a header that the provider echoes, nor a secret that a cut would leave in part", async () => {
  const tokenHeaders = [{ name: "x-api-key", value: "key-of-gateway" }];
  respond = json({ message: `key-of-gateway ${"x".repeat(975)} s3cr~t/+ä` }, 401);
  const failure = await requestToken(describeClient({ tokenHeaders }), Date.now).catch((err) => err);
  expect(failure.provider.description).toMatch(/^\[removed\] x+ /);
  expect(failure.provider.description).not.toContain("s3cr");
});

const unusable: [string, Partial<TokenClient>, string][] = [
  ["without a secret", { clientSecret: null }, "clientSecret"],
  ["without a key", { clientAuthentication: "private_key_jwt", certificate: "x" }, "privateKey"],
  ["without a certificate", { clientAuthentication: "tls_client_auth", privateKey: "x" }, "certificate"],
  ["over http", { provider: "entra", endpointUrl: "http://localhost/t/oauth2/v2.0/token" }, "endpointUrl"],
  ["without a tenant", { provider: "entra", endpointUrl: "https://localhost/common/oauth2/v2.0/token" }, "endpointUrl"],
];
test.each(unusable)("a credential %s is told by its field, without asking", async (_, overrides, field) => {
  await expect(requestToken(describeClient(overrides), Date.now)).rejects.toMatchObject({
    code: "invalid_input",
    fields: [{ field }],
  });
  expect(asked).toHaveLength(0);
});
