import { eq } from "drizzle-orm";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sessions } from "#drizzle/schema/sessions.ts";
import { users } from "#drizzle/schema/users.ts";
import { openUserCredential } from "#lib/oauth/credentials/open-credential.ts";
import { getProviderMetadata } from "#lib/oauth/providers/provider-metadata.ts";
import { refreshUserTokens } from "#lib/oauth/tokens/request-token.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { PEOPLE } from "#sandbox/people.ts";
import { openTestBrowser, type TestBrowser } from "#scripts/test-browser.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { startTestProvider, type TestProvider } from "#scripts/test-provider.ts";
import { destinationOf, setUpSandbox } from "#scripts/test-sandbox.ts";
import { entraProfile, genericProfile, serveSignIn, storeProfile, whoIs } from "#scripts/test-sign-in.ts";
import { mappingTrial, readMappingTest, tryMapping } from "./mapping-test.ts";
import { openSessionTokens } from "./renewing/session-tokens.ts";
import { verifyRenewal } from "./verifying/verify-sign-in.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();
const portal = serveSignIn();
let provider: TestProvider;
beforeAll(async () => {
  provider = await startTestProvider(sandbox.current.caFile);
});
beforeEach(() => {
  provider.behaviour = {};
});
afterAll(() => provider.close());

const authorize = (id: string, query = "") => `${portal.url}/api/credentials/${id}/authorize?${query}`;

async function signInAdmin(): Promise<TestBrowser> {
  const browser = openTestBrowser(sandbox.current.caFile);
  await browser.signIn(authorize((await entraProfile(sandbox.current)).id), PEOPLE.ada);
  return browser;
}

describe.each([
  ["Entra ID", entraProfile],
  ["another provider", genericProfile],
])("a mapping test at %s", (_, make) => {
  test("shows the claims, makes no session and ends none, and is read only by who asked", async () => {
    const browser = await signInAdmin();
    const admin = await whoIs(browser, portal);
    const profile = await make(sandbox.current);
    const url = authorize(profile.id, "test=1&returnTo=/credentials/test");
    const end = await browser.visit(url);
    expect(end.url.pathname).toBe("/credentials/test");
    expect((await whoIs(browser, portal))?.sessionId).toBe(admin?.sessionId);
    const id = end.url.searchParams.get("test") ?? "";
    const found = await readMappingTest(admin!.ctx, id);
    expect(found.sources.id_token.claims).toMatchObject({ preferred_username: "ada@sandbox.example" });
    expect(found.sources.userinfo.claims).toMatchObject({ sub: PEOPLE.ada.subject });
    expect(found.sources.access_token.missing).toMatch(/no JWT/);
    expect(found.mfaMethod).toBe("mfa");
    const other = await whoIs(await signInAdmin(), portal);
    await expect(readMappingTest(other!.ctx, id)).rejects.toMatchObject({ code: "not_found" });
  });
});

test("a mapping test is only for who may edit credentials", async () => {
  const browser = openTestBrowser(sandbox.current.caFile);
  const profile = await entraProfile(sandbox.current);
  expect((await browser.visit(authorize(profile.id, "test=1"))).url.search).toBe("?code=not_allowed");
  await browser.signIn(authorize(profile.id), PEOPLE.olga);
  expect((await browser.visit(authorize(profile.id, "test=1"))).url.search).toBe("?code=not_allowed");
});

test("a pasted token is decoded and mapped, and nothing is believed of it", async () => {
  const admin = (await whoIs(await signInAdmin(), portal))!.ctx;
  const token = await provider.signAccessToken({ preferred_username: "pat", roles: ["Staff"] });
  const settings = {
    provider: "generic" as const,
    claimsSource: "id_token" as const,
    roleMapping: [{ claimValue: "Staff", role: "operator" as const }],
  };
  const tried = tryMapping(admin, mappingTrial.parse({ token, settings }));
  expect(tried.claims).toEqual(decodeJwt(token));
  expect(tried.paths).toContainEqual({ key: "roles[0]", value: "Staff" });
  expect(tried.result).toMatchObject({ ok: true, username: "pat", grants: [{ role: "operator", nodeId: null }] });
  expect(() => tryMapping(admin, mappingTrial.parse({ token: "nothing", settings }))).toThrow(/no|not a JWT/);
});

describe("claims come from", () => {
  const make = (claimsSource: "access_token" | "userinfo", entra = false) =>
    storeProfile({
      provider: entra ? "entra" : "generic",
      endpointUrl: entra ? `${provider.origin}/${tenant}/oauth2/v2.0/token` : `${provider.origin}/p/token`,
      ...(!entra && { issuer: provider.issuer }),
      clientId: "portal",
      clientSecret: "secret",
      claimsSource,
    });
  const tenant = "7c9a4d1e-5b32-4f06-9e8d-2a61c0f3b754";

  async function signIn(id: string) {
    const browser = openTestBrowser(sandbox.current.caFile);
    await browser.visit(authorize(id));
    return whoIs(browser, portal);
  }

  test("an access token that the provider signed, of the same person", async () => {
    const profile = await make("access_token");
    const operator = { preferred_username: "from-access", roles: ["Plant7.Engineers"] };
    provider.behaviour = { accessToken: (claims) => provider.signAccessToken({ ...claims, ...operator }) };
    expect(await signIn(profile.id)).toMatchObject({
      user: { username: "from-access" },
      ctx: { grants: [{ role: "engineer" }] },
    });
    provider.behaviour = {
      accessToken: (claims) => provider.signAccessToken({ ...claims, ...operator, sub: "another" }),
    };
    expect(await signIn(profile.id)).toBeNull();
    provider.behaviour = {
      accessToken: (claims) => provider.signAccessToken({ ...claims, ...operator, iss: "https://evil" }),
    };
    expect(await signIn(profile.id)).toBeNull();
    provider.behaviour = { accessToken: () => "opaque" };
    expect(await signIn(profile.id)).toBeNull();
  });

  test("userinfo about the same person", async () => {
    const profile = await make("userinfo");
    const userinfo = { sub: "subject-1", preferred_username: "from-userinfo", roles: ["Staff"] };
    provider.behaviour = { userinfo };
    expect(await signIn(profile.id)).toMatchObject({ user: { username: "from-userinfo" } });
    provider.behaviour = { userinfo: { ...userinfo, sub: "another" } };
    expect(await signIn(profile.id)).toBeNull();
  });
});

test.each([
  ["Entra ID", entraProfile],
  ["another provider", genericProfile],
])("the tokens of a session at %s are renewed by its refresh token, and a wrong one is refused", async (_, make) => {
  const profile = await make(sandbox.current);
  const browser = openTestBrowser(sandbox.current.caFile);
  await browser.signIn(authorize(profile.id), PEOPLE.olga);
  const signedIn = await whoIs(browser, portal);
  const [row] = await getDb().select().from(sessions).where(eq(sessions.id, signedIn!.sessionId));
  const kept = openSessionTokens(row!.id, await destinationOf(profile.id), row!.tokensEnvelope!);
  const client = await openUserCredential(profile.id);
  const renewed = await refreshUserTokens(client, kept.refreshToken!, Date.now);
  expect(renewed).toMatchObject({ accessToken: expect.any(String), idToken: expect.any(String) });
  expect(renewed.accessToken).not.toBe(kept.accessToken);
  const [user] = await getDb().select().from(users).where(eq(users.id, signedIn!.user.id));
  const identity = { issuer: user!.issuer!, subject: user!.subject! };
  const metadata = await getProviderMetadata(client, Date.now);
  const claims = await verifyRenewal(client, metadata, renewed, identity, Date.now);
  expect(claims).toMatchObject({ preferred_username: "olga@sandbox.example", roles: ["Plant7.Operators"] });
  const other = { ...identity, subject: "somebody else" };
  await expect(verifyRenewal(client, metadata, renewed, other, Date.now)).rejects.toMatchObject({
    code: "id_token_invalid",
    details: { reason: "subject" },
  });
  expect(await verifyRenewal(client, metadata, { ...renewed, idToken: null }, identity, Date.now)).toBeNull();
  await expect(refreshUserTokens(client, "wrong", Date.now)).rejects.toMatchObject({
    code: "token_request_refused",
    provider: { code: "invalid_grant" },
  });
});
