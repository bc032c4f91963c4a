import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { sessions } from "#drizzle/schema/sessions.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { PEOPLE } from "#sandbox/people.ts";
import { openTestBrowser } from "#scripts/test-browser.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { startTestProvider, type TestProvider } from "#scripts/test-provider.ts";
import { readRow, setUpSandbox } from "#scripts/test-sandbox.ts";
import { startProxy } from "#scripts/test-servers.ts";
import {
  entraProfile,
  genericProfile,
  readSignInEvents,
  serveSignIn,
  storeProfile,
  whoIs,
} from "#scripts/test-sign-in.ts";
import { readSignInResult } from "./sign-in-result.ts";

// Between Sallyport and the provider: proxies, outages, clients without a secret, and the way out.

setUpTestDatabase();
const sandbox = setUpSandbox();
const portal = serveSignIn();
let provider: TestProvider;
beforeAll(async () => {
  provider = await startTestProvider(sandbox.current.caFile);
});
afterEach(() => {
  provider.behaviour = {};
});
afterAll(() => provider.close());

const open = () => openTestBrowser(sandbox.current.caFile);
const authorize = (id: string, query = "") => `${portal.url}/api/credentials/${id}/authorize?${query}`;
const { olga } = PEOPLE;

describe.each([
  ["Entra ID", entraProfile],
  ["another provider", genericProfile],
])("at %s", (_, make) => {
  test("the code, the keys and the metadata go through the credential's own proxy", async () => {
    const proxy = await startProxy({ credentials: "anna:proxy-secret" });
    const url = `http://localhost:${proxy.port}`;
    const manual = { mode: "manual", url, username: "anna", bypass: [] } as const;
    const profile = await make(sandbox.current, { proxy: { ...manual, bypass: [], password: "proxy-secret" } });
    const browser = open();
    await browser.signIn(authorize(profile.id), olga);
    expect(await whoIs(browser, portal)).not.toBeNull();
    const tunnel = `CONNECT ${new URL(sandbox.current.idpUrl).host}`;
    expect(proxy.asked.length).toBeGreaterThan(0);
    expect(new Set(proxy.asked)).toEqual(new Set([tunnel]));
    expect((await readSignInEvents(profile.id)).at(-1)).toMatchObject({ proxy: url, outcome: "succeeded" });

    const wrong = await make(sandbox.current, { proxy: { ...manual, bypass: [], password: "other-secret" } });
    const stranger = open();
    const end = await stranger.signIn(authorize(wrong.id), olga);
    expect(end.url.pathname).toBe("/signin/refused");
    const attempt = end.url.searchParams.get("attempt") ?? "";
    const secret = stranger.cookies.get(new URL(portal.url).host)?.get("sallyport-sign-in") ?? null;
    expect(await readSignInResult({ attempt }, secret)).toMatchObject({
      kind: "refused",
      credentialId: wrong.id,
      refusal: { code: "proxy_authentication_required" },
    });
    expect((await readSignInEvents(wrong.id)).at(-1)).toMatchObject({
      outcome: "failed",
      errorCode: "proxy_authentication_required",
    });
    expect(await readRow(wrong.id)).toMatchObject({ statusField: "proxy.password" });
    await proxy.close();
  });

  test("an outage is told as one, and the credential is degraded, not wrong", async () => {
    const profile = await make(sandbox.current);
    await sandbox.current.control.setFault({ mode: "status", status: 503 });
    const browser = open();
    const end = await browser.signIn(authorize(profile.id), olga);
    expect(end.url.pathname).toBe("/signin/refused");
    expect(await whoIs(browser, portal)).toBeNull();
    expect(await readRow(profile.id)).toMatchObject({ status: "degraded", errorCode: "token_endpoint_unavailable" });
    expect((await readSignInEvents(profile.id)).at(-1)).toMatchObject({ outcome: "failed", httpStatus: 503 });
    await sandbox.current.control.clearFaults();
    await browser.visit(authorize(profile.id));
    expect(await whoIs(browser, portal)).not.toBeNull();
    expect(await readRow(profile.id)).toMatchObject({ status: "active" });
  });

  test("signing out ends the session, and goes on to the provider's logout where that is wanted", async () => {
    for (const providerLogout of [false, true]) {
      const profile = await make(sandbox.current, { providerLogout });
      const browser = open();
      await browser.signIn(authorize(profile.id), olga);
      const signedIn = await whoIs(browser, portal);
      const cookie = [...(browser.cookies.get(new URL(portal.url).host) ?? [])]
        .map((pair) => pair.join("="))
        .join("; ");
      const leave = (origin: string) =>
        fetch(`${portal.url}/api/credentials/sign-out`, { method: "POST", headers: { cookie, origin } });
      expect((await leave("https://evil.example")).status).toBe(403);
      expect(await whoIs(browser, portal)).not.toBeNull();
      const { url } = (await (await leave(portal.url)).json()) as { url: string };
      expect(await whoIs(browser, portal)).toBeNull();
      const [row] = await getDb().select().from(sessions).where(eq(sessions.id, signedIn!.sessionId));
      expect(row).toMatchObject({ revokedReason: "signed out", tokensEnvelope: null });
      if (!providerLogout) expect(url).toBe("/signin");
      else expect(url).toMatch(/^https:\/\/localhost:\d+\/.*logout\?.*post_logout_redirect_uri=http/);
    }
  });
});

test("a client without a secret signs people in by PKCE alone", async () => {
  for (const settings of [
    { provider: "generic", endpointUrl: `${provider.origin}/p/token`, issuer: provider.issuer } as const,
    {
      provider: "entra",
      endpointUrl: `${provider.origin}/7c9a4d1e-5b32-4f06-9e8d-2a61c0f3b754/oauth2/v2.0/token`,
    } as const,
  ]) {
    const profile = await storeProfile({ ...settings, clientId: "public" });
    const browser = open();
    await browser.visit(authorize(profile.id));
    expect(await whoIs(browser, portal)).toMatchObject({ user: { username: "pat@example.com" } });
  }
});

test("URLs that were entered one by one need no discovery", async () => {
  // Those that discover the provider have other settings for the same issuer.
  await getDb().delete(credentials);
  const before = provider.asked.length;
  const profile = await storeProfile({
    provider: "generic",
    endpointUrl: `${provider.origin}/p/token`,
    issuer: provider.issuer,
    authorizationUrl: `${provider.origin}/p/authorize`,
    jwksUrl: `${provider.origin}/p/jwks`,
    clientId: "portal",
    clientSecret: "secret",
    clientAuthentication: "client_secret_basic",
  });
  const browser = open();
  await browser.visit(authorize(profile.id));
  expect(await whoIs(browser, portal)).not.toBeNull();
  const asked = new Set(provider.asked.slice(before));
  expect(asked).not.toContain("GET /p/.well-known/openid-configuration");
  await getDb().delete(credentials);
});

test("a provider whose keys can't be had for a while keeps signing people in with the known ones", async () => {
  const settings = { endpointUrl: `${provider.origin}/p/token`, issuer: provider.issuer, clientId: "portal" };
  const profile = await storeProfile({ ...settings, provider: "generic", clientSecret: "secret" });
  await open().visit(authorize(profile.id));
  const { fetchDocument } = await import("#lib/oauth/providers/documents.ts");
  const jwks = `${provider.origin}/p/jwks`;
  const route = { proxy: { mode: "none" as const }, trustedCa: null };
  const known = await fetchDocument(jwks, route, Date.now);
  await provider.close();
  const later = Date.now() + 60 * 60_000;
  expect(await fetchDocument(jwks, route, () => later)).toBe(known);
  await expect(fetchDocument(jwks, route, () => later + 24 * 3_600_000)).rejects.toMatchObject({
    code: "connection_failed",
  });
  provider = await startTestProvider(sandbox.current.caFile);
});

test("a provider whose metadata can't be had is told to the person and in the event log, before anybody is sent anywhere", async () => {
  const profile = await storeProfile({
    provider: "generic",
    endpointUrl: `${provider.origin}/p/token`,
    discoveryUrl: `${provider.origin}/nowhere`,
    clientId: "portal",
    clientSecret: "secret",
  });
  const browser = open();
  const end = await browser.visit(authorize(profile.id, "returnTo=/runs"));
  const attempt = end.url.searchParams.get("attempt") ?? "";
  const secret = browser.cookies.get(new URL(portal.url).host)?.get("sallyport-sign-in") ?? null;
  expect(await readSignInResult({ attempt }, secret)).toMatchObject({
    kind: "refused",
    returnTo: "/runs",
    profileName: profile.name,
    refusal: {
      message: expect.not.stringContaining("/nowhere"),
      admin: { message: expect.stringContaining("/nowhere answered with status 404") },
    },
  });
  expect((await readSignInEvents(profile.id)).at(-1)).toMatchObject({
    kind: "sign_in",
    outcome: "failed",
    description: expect.stringContaining("/nowhere answered with status 404"),
  });
  expect((await readRow(profile.id)).status).toBe("degraded");
});
