import { createServer, type Server, request as sendOver } from "node:https";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { buffer } from "node:stream/consumers";
import type { TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { checkCredential } from "#lib/delivery/connection-check/check-credential.ts";
import type { CredentialInput } from "#lib/oauth/credentials/schema.ts";
import { ensureCertificates, makeClientCertificate } from "#sandbox/certificates.ts";
import { openTestBrowser } from "#scripts/test-browser.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { startTestProvider, type TestProvider } from "#scripts/test-provider.ts";
import { setUpSandbox, tester } from "#scripts/test-sandbox.ts";
import { serveSignIn, storeProfile, whoIs } from "#scripts/test-sign-in.ts";
import { claimSession, renewSession } from "./renewing/renew-session.ts";

// RFC 8705 section 5: a provider whose token endpoint is elsewhere for clients that show a certificate in TLS.

setUpTestDatabase();
const sandbox = setUpSandbox();
const portal = serveSignIn();
let provider: TestProvider;
let alias: { server: Server; url: string };
let pair: Awaited<ReturnType<typeof makeClientCertificate>>;
const seen: { subject: string | null; grant: string | null; audience: unknown }[] = [];

/** Takes no connection without a certificate; has the provider answer, and renews by itself. */
async function startAlias() {
  const { ca, key, cert } = await ensureCertificates(dirname(sandbox.current.caFile));
  const server = createServer(
    { ca, key, cert, requestCert: true, rejectUnauthorized: true },
    async (request, response) => {
      const body = await buffer(request);
      const form = new URLSearchParams(body.toString());
      const assertion = form.get("client_assertion")?.split(".")[1];
      seen.push({
        subject: (request.socket as TLSSocket).getPeerX509Certificate()?.subject ?? null,
        grant: form.get("grant_type"),
        audience: assertion ? JSON.parse(Buffer.from(assertion, "base64url").toString()).aud : null,
      });
      if (form.get("grant_type") === "refresh_token") {
        response.writeHead(200, { "content-type": "application/json" });
        return void response.end(JSON.stringify({ access_token: "renewed", token_type: "Bearer", expires_in: 3600 }));
      }
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      sendOver(`${provider.origin}/p/token`, { method: "POST", ca, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      }).end(body);
    },
  );
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `https://localhost:${(server.address() as AddressInfo).port}/mtls/token` };
}

beforeAll(async () => {
  provider = await startTestProvider(sandbox.current.caFile);
  alias = await startAlias();
  pair = await makeClientCertificate("portal", dirname(sandbox.current.caFile));
});
afterEach(() => {
  provider.behaviour = {};
  provider.asked.length = 0;
  seen.length = 0;
});
afterAll(async () => {
  alias.server.closeAllConnections();
  alias.server.close();
  await provider.close();
});

const announce = (aliases: unknown) => {
  provider.behaviour = { discovery: { mtls_endpoint_aliases: aliases } };
};
// Metadata is remembered by its URL: each profile has one of its own.
let count = 0;
const makeProfile = (changes: Partial<CredentialInput> = {}) =>
  storeProfile({
    provider: "generic",
    endpointUrl: `${provider.origin}/p/token`,
    discoveryUrl: `${provider.origin}/p/.well-known/openid-configuration?${++count}`,
    clientId: "portal",
    privateKey: pair.key,
    certificate: pair.cert,
    clientAuthentication: "tls_client_auth",
    ...changes,
  });
/** Signs in and renews; what asked the provider's ordinary token endpoint. */
async function signInAndRenew(id: string) {
  const browser = openTestBrowser(sandbox.current.caFile);
  await browser.visit(`${portal.url}/api/credentials/${id}/authorize`);
  const who = await whoIs(browser, portal);
  expect(who).toMatchObject({ user: { username: "pat@example.com" } });
  return renewSession((await claimSession(who!.sessionId, new Date()))!, "renewal", Date.now);
}

test("a client that authenticates by its certificate signs people in, renews and is checked at the alias of the token endpoint", async () => {
  announce({ token_endpoint: alias.url, revocation_endpoint: "https://mtls.example.com/revoke" });
  const { id } = await makeProfile();
  expect(await signInAndRenew(id)).toMatchObject({ kind: "renewed" });
  expect(seen).toEqual([
    { subject: "CN=portal", grant: "authorization_code", audience: null },
    { subject: "CN=portal", grant: "refresh_token", audience: null },
  ]);
  const { steps } = await checkCredential(tester, id);
  expect(seen[2]).toMatchObject({ subject: "CN=portal", grant: "authorization_code" });
  const of = (step: string) => steps.find((each) => each.step === step);
  expect(of("metadata")).toMatchObject({ verdict: "pass", detail: expect.stringContaining(alias.url) });
  expect(of("token_endpoint")?.detail).toContain(new URL(alias.url).host);
  expect(of("client")).toMatchObject({ verdict: "pass" });
});

test("so does one that shows a certificate beside a signed request, whose audience stays the token endpoint", async () => {
  announce({ token_endpoint: alias.url });
  const { id } = await makeProfile({ clientAuthentication: "private_key_jwt", presentCertificate: true });
  expect(await signInAndRenew(id)).toMatchObject({ kind: "renewed" });
  expect(seen.map(({ audience }) => audience)).toEqual(Array(2).fill(`${provider.origin}/p/token`));
});

test("who entered the alias as the Endpoint URL is not told that it is another one", async () => {
  announce({ token_endpoint: alias.url });
  const { id } = await makeProfile({ endpointUrl: alias.url });
  const { steps } = await checkCredential(tester, id);
  expect(steps.find(({ step }) => step === "metadata")).toMatchObject({ verdict: "pass" });
});

const secretOnly = {
  privateKey: undefined,
  certificate: null,
  clientSecret: "secret",
  clientAuthentication: "client_secret_post",
} as const;
const unchanged: [string, () => unknown, Partial<CredentialInput>][] = [
  ["no certificate", () => ({ token_endpoint: alias.url }), secretOnly],
  ["an alias that is no safe URL", () => ({ token_endpoint: "http://mtls.example.com/token" }), {}],
  ["aliases that are none", () => "https://mtls.example.com/token", {}],
  ["aliases of other endpoints alone", () => ({ userinfo_endpoint: alias.url }), {}],
];

test.each(unchanged)("with %s it is the token endpoint as before", async (_, aliases, changes) => {
  announce(aliases());
  const { id } = await makeProfile(changes);
  const browser = openTestBrowser(sandbox.current.caFile);
  await browser.visit(`${portal.url}/api/credentials/${id}/authorize`);
  expect(await whoIs(browser, portal)).not.toBeNull();
  expect(seen).toEqual([]);
  expect(provider.asked).toContain("POST /p/token");
});
