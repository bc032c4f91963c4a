import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { getRedirectUri } from "#lib/oauth/providers/redirect-uri.ts";
import { type Listening, listen } from "#scripts/test-servers.ts";
import { verifyRedirectUri } from "./redirect-uri-step.ts";

let provider: Listening;
let answer: (response: ServerResponse, query: URLSearchParams) => void;
const received: URLSearchParams[] = [];
beforeAll(async () => {
  process.env.SALLYPORT_EGRESS = "allow:loopback";
  provider = await listen((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://provider");
    if (pathname === "/login") return void response.end("<h1>Sign in</h1>");
    received.push(searchParams);
    answer(response, searchParams);
  });
});
afterAll(() => provider.close());

type Client = Parameters<typeof verifyRedirectUri>[0];
const verify = (authorizationUrl = `http://127.0.0.1:${provider.port}/authorize`) => {
  const client = {
    provider: "generic",
    clientId: "portal",
    scope: "openid",
    endpointUrl: `http://127.0.0.1:${provider.port}/token`,
    tokenParameters: [],
    proxy: { mode: "none" },
  } as unknown as Client;
  return verifyRedirectUri(client, { authorizationUrl } as Parameters<typeof verifyRedirectUri>[1]);
};
const redirectWith =
  (parameters: Record<string, string>, separator = "?") =>
  (response: ServerResponse) =>
    response.writeHead(302, { location: `${getRedirectUri()}${separator}${new URLSearchParams(parameters)}` }).end();
const page = (status: number, html: string) => (response: ServerResponse) => response.writeHead(status).end(html);

test("the request asks for no page and has everything that a user's request has", async () => {
  answer = redirectWith({ error: "login_required" });
  await verify();
  expect(Object.fromEntries(received.at(-1)!)).toMatchObject({
    prompt: "none",
    client_id: "portal",
    redirect_uri: getRedirectUri(),
    response_type: "code",
    code_challenge_method: "S256",
  });
});

test.each([
  ["login_required", redirectWith({ error: "login_required" })],
  ["interaction_required", redirectWith({ error: "interaction_required" })],
  ["an error in the fragment", redirectWith({ error: "consent_required" }, "#")],
  ["a code", redirectWith({ code: "abc" })],
])("a redirect to the redirect URI with %s verifies it", async (_, given) => {
  answer = given;
  const found = await verify();
  expect([found.verdict ?? "pass", found.detail, found.hint]).toEqual([
    "pass",
    `The provider accepts the client and the redirect URI ${getRedirectUri()}.`,
    undefined,
  ]);
});

test("another error in the redirect verifies it too, and is named only if it's registered", async () => {
  answer = redirectWith({ error: "invalid_request" });
  expect((await verify()).hint).toContain("invalid_request");
  answer = redirectWith({ error: "a-word-of-the-provider" });
  expect((await verify()).hint).not.toContain("a-word");
});

test.each([
  ["a sign-in page", page(200, "<title>x</title><script>invalid_redirect_uri</script><h1>Sign in</h1>")],
  ["a redirect to a sign-in page", (response: ServerResponse) => response.writeHead(303, { location: "/login" }).end()],
  ["an endless redirect", (response: ServerResponse) => response.writeHead(302, { location: "/authorize" }).end()],
  ["a redirect elsewhere on Sallyport", redirectWith({ error: "login_required" }, "/other?")],
  ["a redirect to nowhere", (response: ServerResponse) => response.writeHead(302, { location: "http://[" }).end()],
  ["status 503", page(503, "busy")],
  ["neither code nor error", redirectWith({ state: "x" })],
])("%s verifies nothing, and the hint says how to verify", async (_, given) => {
  answer = given;
  expect(await verify()).toMatchObject({ verdict: "skipped", hint: expect.stringContaining("Mapping sandbox") });
});

test("an authorization endpoint that only browsers reach verifies nothing", async () => {
  const found = await verify("http://127.0.0.1:1/authorize");
  expect(found).toMatchObject({ verdict: "skipped", detail: expect.stringContaining("A user's browser might") });
});

test.each([
  [
    "Entra's error page",
    page(200, '{"strServiceExceptionMessage":"AADSTS50011: The redirect URI does not match."}'),
    { code: "token_request_refused", provider: { description: "AADSTS50011: The redirect URI does not match." } },
  ],
  ["Entra's unknown code", page(400, "<p>AADSTS999999: No.</p>"), { provider: { code: "invalid_request" } }],
  [
    "Keycloak's page",
    page(400, "<p>Invalid parameter: redirect_uri</p>"),
    { code: "invalid_input", hint: expect.stringContaining(`Register http`), fields: [] },
  ],
  ["a mismatch with status 200", page(200, "<h1>Error: redirect_uri_mismatch</h1>"), { code: "invalid_input" }],
  ["an unknown client", page(400, "<p>Client not found</p>"), { fields: [{ field: "clientId" }] }],
  ["status 404", page(404, "Not found"), { fields: [{ field: "authorizationUrl" }] }],
  ["unauthorized_client", redirectWith({ error: "unauthorized_client" }), { fields: [{ field: "clientId" }] }],
  ["invalid_scope", redirectWith({ error: "invalid_scope" }), { fields: [{ field: "scope" }] }],
])("%s is a refusal", async (_, given, expected) => {
  answer = given;
  await expect(verify()).rejects.toMatchObject(expected);
});
