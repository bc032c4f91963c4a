import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sessions } from "#drizzle/schema/sessions.ts";
import { signInAttempts } from "#drizzle/schema/sign-in-attempts.ts";
import type { CredentialInput } from "#lib/oauth/credentials/schema.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { openTestBrowser } from "#scripts/test-browser.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { startTestProvider, type TestProvider } from "#scripts/test-provider.ts";
import { readRow, setUpSandbox } from "#scripts/test-sandbox.ts";
import { readSignInEvents, serveSignIn, storeProfile, whoIs } from "#scripts/test-sign-in.ts";
import { takeAttempt } from "./attempts.ts";

// What an attacker may try at the sign-in of a person, over real sockets, at a provider that does what a test tells it to.

setUpTestDatabase();
const sandbox = setUpSandbox();
const portal = serveSignIn();
let provider: TestProvider;
let other: TestProvider;
beforeAll(async () => {
  provider = await startTestProvider(sandbox.current.caFile);
  other = await startTestProvider(sandbox.current.caFile);
});
beforeEach(() => {
  for (const each of [provider, other]) {
    each.behaviour = {};
    each.person = { sub: "subject-1", oid: oid, preferred_username: "pat@example.com", name: "Pat", roles: ["Staff"] };
  }
});
afterAll(() => Promise.all([provider.close(), other.close()]));

const oid = randomUUID();
const tenant = randomUUID();
const callback = /\/api\/credentials\/callback/;
const open = () => openTestBrowser(sandbox.current.caFile);
const authorize = (id: string, query = "") => `${portal.url}/api/credentials/${id}/authorize?${query}`;

function generic(at: TestProvider = provider, overrides: Partial<CredentialInput> = {}) {
  const settings = {
    endpointUrl: `${at.origin}/p/token`,
    issuer: at.issuer,
    clientId: "portal",
    clientSecret: "secret",
  };
  return storeProfile({ provider: "generic", ...settings, ...overrides });
}

function entra(authority: string = tenant, overrides: Partial<CredentialInput> = {}) {
  const endpointUrl = `${provider.origin}/${authority}/oauth2/v2.0/token`;
  return storeProfile({ provider: "entra", endpointUrl, clientId: "portal", clientSecret: "secret", ...overrides });
}

/** Signs in and expects to be refused: nobody is signed in, and the event log says why. */
async function expectRefused(id: string, code: string): Promise<void> {
  const browser = open();
  const end = await browser.visit(authorize(id));
  expect(end.url.pathname).toBe("/signin/refused");
  expect(await whoIs(browser, portal)).toBeNull();
  expect((await readSignInEvents(id)).at(-1)).toMatchObject({ kind: "sign_in", outcome: "failed", errorCode: code });
}

async function expectSignedIn(id: string): Promise<void> {
  const browser = open();
  await browser.visit(authorize(id));
  expect(await whoIs(browser, portal)).not.toBeNull();
}

describe("an ID token", () => {
  const now = () => Math.floor(Date.now() / 1000);
  /** Longer than a slow test takes, in seconds. */
  const day = 86_400;
  test.each([
    ["that is not signed", { sign: "none" }, "algorithm"],
    ["signed with HS256 and the public key", { sign: "public_key" }, "algorithm"],
    ["signed by somebody else", { sign: "stranger" }, "signature"],
    ["that was tampered with", { sign: "tampered" }, "signature"],
    ["for another application", { claims: (claims) => ({ ...claims, aud: "another" }) }, "audience"],
    ["issued to another application", { claims: (claims) => ({ ...claims, azp: "another" }) }, "authorized_party"],
    ["of another issuer", { claims: (claims) => ({ ...claims, iss: "https://evil.example" }) }, "issuer"],
    ["with the nonce of another sign-in", { claims: (claims) => ({ ...claims, nonce: "another" }) }, "nonce"],
    ["without a nonce", { claims: ({ nonce: _, ...claims }) => claims }, "nonce"],
    ["that has expired", { claims: (claims) => ({ ...claims, exp: now() - day }) }, "expired"],
    ["that is not valid yet", { claims: (claims) => ({ ...claims, nbf: now() + day }) }, "not_yet_valid"],
    ["issued in the future", { claims: (claims) => ({ ...claims, iat: now() + day }) }, "not_yet_valid"],
  ] as [string, TestProvider["behaviour"], string][])("%s is refused", async (_, behaviour, code) => {
    const profiles = [await generic(), await entra()];
    for (const { id } of profiles) await expectSignedIn(id);
    provider.behaviour = behaviour;
    for (const { id } of profiles) await expectRefused(id, code);
  });

  test("of another tenant is refused, by one tenant and by the other half of an authority for many", async () => {
    const single = await entra();
    provider.person = { ...provider.person, tid: tenant };
    await expectSignedIn(single.id);
    const foreign = randomUUID();
    provider.person = { ...provider.person, tid: foreign };
    await expectRefused(single.id, "issuer");
    const many = await entra("organizations", { allowedTenants: [foreign] });
    await expectSignedIn(many.id);
    await expectRefused((await entra("organizations", { allowedTenants: [tenant] })).id, "tenant_not_allowed");
    await expectRefused((await entra("organizations")).id, "tenant_not_allowed");
    provider.behaviour = { claims: (claims) => ({ ...claims, tid: tenant }) };
    await expectRefused(many.id, "issuer");
  });

  test("of a personal account is refused by organizations and taken by common", async () => {
    provider.person = { ...provider.person, tid: "9188040d-6c67-4b5b-b112-36a304b66dad" };
    await expectRefused((await entra("organizations")).id, "tenant");
    await expectSignedIn((await entra("common")).id);
  });

  test("of two tenants with the same object id is of two people", async () => {
    const many = await entra("organizations", { allowedTenants: ["*"] });
    const ids: (string | undefined)[] = [];
    for (const tid of [randomUUID(), randomUUID()]) {
      provider.person = { ...provider.person, tid };
      const browser = open();
      await browser.visit(authorize(many.id));
      ids.push((await whoIs(browser, portal))?.user.id);
    }
    expect(new Set(ids).size).toBe(2);
  });

  test("is verified with the new key after a rotation at the provider, and the keys are asked for once", async () => {
    const profile = await generic();
    await expectSignedIn(profile.id);
    const count = () => provider.asked.filter((line) => line === "GET /p/jwks").length;
    const before = count();
    await expectSignedIn(profile.id);
    expect(count()).toBe(before);
    await provider.rotateKeys();
    await expectSignedIn(profile.id);
    await expectSignedIn(profile.id);
    expect(count()).toBe(before + 1);
  });
});

describe("a sign-in", () => {
  test("is used once: its state is refused the second time, whatever the code", async () => {
    const profile = await generic();
    const browser = open();
    const answer = await browser.visit(authorize(profile.id), { until: callback });
    await browser.visit(answer.url);
    const first = await whoIs(browser, portal);
    const again = await browser.visit(answer.url);
    expect(again.url.search).toBe("?code=used");
    expect((await whoIs(browser, portal))?.sessionId).toBe(first?.sessionId);
  });

  test("answered twice at once makes one session", async () => {
    const profile = await generic();
    const browser = open();
    const answer = await browser.visit(authorize(profile.id), { until: callback });
    await Promise.all([browser.visit(answer.url), browser.visit(answer.url), browser.visit(answer.url)]);
    const made = await getDb().select().from(sessions).where(eq(sessions.credentialId, profile.id));
    expect(made).toHaveLength(1);
  });

  test("is taken by one of many answers that come at once", async () => {
    const profile = await generic();
    const browser = open();
    const answer = await browser.visit(authorize(profile.id), { until: callback });
    const state = answer.url.searchParams.get("state") ?? "";
    const secret = browser.cookies.get(new URL(portal.url).host)?.get("sallyport-sign-in") ?? "";
    const taken = await Promise.all(Array.from({ length: 10 }, () => takeAttempt(state, secret, new Date())));
    expect(taken.filter(({ refusal }) => refusal === null)).toHaveLength(1);
    expect(new Set(taken.map(({ refusal }) => refusal?.code))).toEqual(new Set([undefined, "used"]));
  });

  test("can't be finished with the code of another one: PKCE and the nonce tell them apart", async () => {
    const profile = await generic();
    const attacker = open();
    const theirs = await attacker.visit(authorize(profile.id), { until: callback });
    const victim = open();
    const ours = await victim.visit(authorize(profile.id), { until: callback });
    ours.url.searchParams.set("code", theirs.url.searchParams.get("code") ?? "");
    const end = await victim.visit(ours.url);
    expect(end.url.pathname).toBe("/signin/refused");
    expect(await whoIs(victim, portal)).toBeNull();
    expect((await readSignInEvents(profile.id)).at(-1)).toMatchObject({ errorCode: "invalid_grant" });
  });

  test("with a code that was redeemed before is refused", async () => {
    const profile = await generic();
    const browser = open();
    const first = await browser.visit(authorize(profile.id), { until: callback });
    const code = first.url.searchParams.get("code") ?? "";
    await browser.visit(first.url);
    const stranger = open();
    const second = await stranger.visit(authorize(profile.id), { until: callback });
    second.url.searchParams.set("code", code);
    expect((await stranger.visit(second.url)).url.pathname).toBe("/signin/refused");
    expect(await whoIs(stranger, portal)).toBeNull();
  });

  test("begun in one browser can't be finished in another (login CSRF), and stays usable in the first", async () => {
    const profile = await generic();
    const attacker = open();
    const answer = await attacker.visit(authorize(profile.id), { until: callback });
    const victim = open();
    for (const prepare of [false, true]) {
      // Also when the victim has begun a sign-in of its own.
      if (prepare) await victim.visit(authorize(profile.id), { until: callback });
      const end = await victim.visit(answer.url, { fromElsewhere: true });
      expect(end.url.search).toBe("?code=other_browser");
      expect(await whoIs(victim, portal)).toBeNull();
    }
    await attacker.visit(answer.url);
    expect(await whoIs(attacker, portal)).not.toBeNull();
  });

  test("posted across sites into another browser is refused as well", async () => {
    const profile = await generic(provider, { responseMode: "form_post" });
    const attacker = open();
    const answer = await attacker.visit(authorize(profile.id), { until: callback });
    const form = Object.fromEntries(answer.url.searchParams);
    const victim = open();
    const end = await victim.visit(`${portal.url}/api/credentials/callback`, { form, fromElsewhere: true });
    expect(end.url.search).toBe("?code=other_browser");
    expect(await whoIs(victim, portal)).toBeNull();
  });

  test.each([
    ["an unknown state", "state=nobody&code=x", "unknown_attempt"],
    ["no state", "code=x", "malformed"],
    ["neither code nor error", "state=x", "malformed"],
    ["both code and error", "state=x&code=y&error=access_denied", "malformed"],
    ["two states", "state=x&state=y&code=z", "malformed"],
    ["two codes", "state=x&code=y&code=z", "malformed"],
    ["a handed-over answer that is made up", "answer=v1.test.a.b.c", "malformed"],
  ])("answered with %s is refused", async (_, query, code) => {
    const end = await open().visit(`${portal.url}/api/credentials/callback?${query}`);
    expect(`${end.url.pathname}${end.url.search}`).toBe(`/signin/refused?code=${code}`);
  });

  test("isn't begun by requests without cookies, so they block nobody at their address", async () => {
    const profile = await generic();
    for (let n = 0; n < 3; n += 1) {
      const response = await fetch(authorize(profile.id), { redirect: "manual" });
      expect(response.headers.get("location")).toMatch(/[?&]cookie=1$/);
      const stubborn = await fetch(new URL(response.headers.get("location")!, portal.url), { redirect: "manual" });
      expect(stubborn.headers.get("location")).toBe("/signin/refused?code=no_cookies");
    }
    const begun = getDb().select().from(signInAttempts).where(eq(signInAttempts.credentialId, profile.id));
    expect(await begun).toEqual([]);
  });

  test("can't be begun too often in one browser, which blocks no other one", async () => {
    const profile = await generic();
    const browser = open();
    for (let n = 0; n < 30; n += 1) await browser.visit(authorize(profile.id), { until: callback });
    expect((await browser.visit(authorize(profile.id))).url.search).toBe("?code=too_many");
    expect((await open().visit(authorize(profile.id), { until: callback })).url.pathname).not.toBe("/signin/refused");
    await getDb().delete(signInAttempts).where(eq(signInAttempts.credentialId, profile.id));
  });

  test("can't be begun by the thousand from one address", async () => {
    const profile = await generic();
    await open().visit(authorize(profile.id), { until: callback });
    const [one] = await getDb().select().from(signInAttempts).where(eq(signInAttempts.credentialId, profile.id));
    const more = Array.from({ length: 3000 }, () => {
      const id = randomUUID();
      return { ...one!, id, stateHash: id, browserHash: id };
    });
    await getDb().insert(signInAttempts).values(more);
    expect((await open().visit(authorize(profile.id))).url.search).toBe("?code=too_many");
    await getDb().delete(signInAttempts).where(eq(signInAttempts.credentialId, profile.id));
  });

  test("expires after ten minutes", async () => {
    const profile = await generic();
    const browser = open();
    const answer = await browser.visit(authorize(profile.id), { until: callback });
    await getDb()
      .update(signInAttempts)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(eq(signInAttempts.credentialId, profile.id));
    expect((await browser.visit(answer.url)).url.pathname).toBe("/signin/refused");
    expect(await whoIs(browser, portal)).toBeNull();
    expect((await readSignInEvents(profile.id)).at(-1)).toMatchObject({ errorCode: "expired" });
  });

  test("keeps neither state nor browser secret nor PKCE verifier readable in the database", async () => {
    const profile = await generic();
    const browser = open();
    const answer = await browser.visit(authorize(profile.id), { until: callback });
    const [row] = await getDb().select().from(signInAttempts).where(eq(signInAttempts.credentialId, profile.id));
    const text = JSON.stringify(row);
    const cookie = [...(browser.cookies.get(new URL(portal.url).host)?.values() ?? [])];
    const query = provider.requests.at(-1);
    for (const secret of [
      answer.url.searchParams.get("state"),
      query?.get("nonce"),
      query?.get("code_challenge"),
      ...cookie,
    ]) {
      expect(secret?.length).toBeGreaterThan(20);
      expect(text).not.toContain(secret);
    }
    await browser.visit(answer.url);
    const [after] = await getDb().select().from(signInAttempts).where(eq(signInAttempts.credentialId, profile.id));
    expect(after?.secretsEnvelope).toBeNull();
  });

  test("sends PKCE with S256, a nonce and a state of 256 bits, new ones each time", async () => {
    const profile = await generic();
    const browser = open();
    for (let n = 0; n < 2; n++) await browser.visit(authorize(profile.id), { until: callback });
    const [first, second] = provider.requests.slice(-2);
    for (const name of ["state", "nonce", "code_challenge"]) {
      expect(first?.get(name)).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(first?.get(name)).not.toBe(second?.get(name));
    }
    expect(first?.get("code_challenge_method")).toBe("S256");
    expect(first?.get("redirect_uri")).toBe(`${portal.url}/api/credentials/callback`);
  });
});

describe("a mix-up of two providers", () => {
  test("is noticed when the answer names another issuer (RFC 9207), before any code is sent anywhere", async () => {
    const honest = await generic(provider, { responseMode: "query" });
    provider.behaviour = { iss: other.issuer };
    const before = provider.asked.filter((line) => line === "POST /p/token").length;
    await expectRefused(honest.id, "other_issuer");
    expect(provider.asked.filter((line) => line === "POST /p/token")).toHaveLength(before);
    provider.behaviour = { iss: provider.issuer };
    await expectSignedIn(honest.id);
  });

  test("leaves no code in the event log, though the issuer that the answer names repeats it", async () => {
    const profile = await generic(provider, { responseMode: "query" });
    const browser = open();
    const { url } = await browser.visit(authorize(profile.id), { until: callback });
    const code = url.searchParams.get("code")!;
    url.searchParams.set("iss", `https://${Buffer.from(code).toString("hex")}.example`);
    expect((await browser.visit(url)).url.pathname).toBe("/signin/refused");
    const event = (await readSignInEvents(profile.id)).at(-1);
    expect(event).toMatchObject({
      errorCode: "other_issuer",
      description: expect.stringContaining("[removed].example"),
    });
  });

  test("is noticed when a provider that names itself in each answer does not", async () => {
    provider.behaviour = { discovery: { authorization_response_iss_parameter_supported: true } };
    const profile = await storeProfile({
      provider: "generic",
      endpointUrl: `${provider.origin}/p/token`,
      discoveryUrl: `${provider.origin}/p/.well-known/openid-configuration?fresh`,
      clientId: "portal",
      clientSecret: "secret",
    });
    await expectRefused(profile.id, "other_issuer");
    provider.behaviour = { ...provider.behaviour, iss: provider.issuer };
    await expectSignedIn(profile.id);
  });

  test("sends the code of one provider to the other's token endpoint in no case", async () => {
    const [ours, theirs] = [await generic(provider), await generic(other)];
    const browser = open();
    const honest = await browser.visit(authorize(ours.id), { until: callback });
    const hostile = await browser.visit(authorize(theirs.id), { until: callback });
    const mixed = new URL(hostile.url);
    mixed.searchParams.set("code", honest.url.searchParams.get("code") ?? "");
    expect((await browser.visit(mixed)).url.pathname).toBe("/signin/refused");
    expect(await whoIs(browser, portal)).toBeNull();
  });
});

describe("the browser", () => {
  test.each([
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "javascript:alert(1)",
    "/api/credentials/callback",
    "/signin",
  ])("is not sent on to %s after a sign-in", async (returnTo) => {
    const profile = await generic();
    const browser = open();
    const end = await browser.visit(authorize(profile.id, `returnTo=${encodeURIComponent(returnTo)}`));
    expect(end.url.href).toBe(`${portal.url}/`);
  });

  test("gets a session with an id of its own: one that was planted before is neither kept nor used", async () => {
    const profile = await generic();
    const attacker = open();
    await attacker.visit(authorize(profile.id));
    const planted = await whoIs(attacker, portal);
    const victim = open();
    const host = new URL(portal.url).host;
    victim.cookies.set(host, new Map(attacker.cookies.get(host)));
    provider.person = { ...provider.person, sub: "subject-2", preferred_username: "victim@example.com" };
    await victim.visit(authorize(profile.id));
    const victims = await whoIs(victim, portal);
    expect(victims?.user.username).toBe("victim@example.com");
    expect(victims?.sessionId).not.toBe(planted?.sessionId);
    expect(await whoIs(attacker, portal)).toBeNull();
  });

  test("keeps both cookies out of scripts and of other sites' requests", async () => {
    const profile = await generic();
    const browser = open();
    await browser.visit(authorize(profile.id));
    const ours = browser.setCookies.filter((line) => /^(sallyport-sign-in|next-auth\.session-token)=/.test(line));
    expect(new Set(ours.map((line) => line.split("=")[0])).size).toBe(2);
    for (const line of ours) expect(line).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
  });

  test("is told how a sign-in ended only where it was begun", async () => {
    const { readSignInResult } = await import("./sign-in-result.ts");
    const profile = await generic();
    provider.behaviour = { error: { error: "access_denied", error_description: "AADSTS65004: declined" } };
    const browser = open();
    const end = await browser.visit(authorize(profile.id, "returnTo=/runs&mode=popup"));
    const attempt = end.url.searchParams.get("attempt") ?? "";
    const secret = browser.cookies.get(new URL(portal.url).host)?.get("sallyport-sign-in") ?? "";
    expect(await readSignInResult({ attempt }, secret)).toMatchObject({
      kind: "refused",
      mode: "popup",
      returnTo: "/runs",
      profileName: profile.name,
      refusal: { code: "AADSTS65004", title: "You did not agree" },
    });
    for (const wrong of [null, "", "x".repeat(43)]) {
      const told = await readSignInResult({ attempt }, wrong);
      expect(told).toMatchObject({ attemptId: null, profileName: null, refusal: { code: "unknown_attempt" } });
    }
    const [event] = await readSignInEvents(profile.id);
    expect(event).toMatchObject({ providerCode: "access_denied", description: expect.stringContaining("declined") });
  });
});

test("words that a provider sends reach the event log, and the person only as what is known of the code", async () => {
  const profile = await generic();
  provider.behaviour = { error: { error: "strange_error", error_description: "Call 555-1234 and tell your password" } };
  const browser = open();
  await browser.visit(authorize(profile.id));
  const [row] = await getDb().select().from(signInAttempts).where(eq(signInAttempts.credentialId, profile.id));
  expect(JSON.stringify(row?.refusal)).not.toContain("555-1234");
  expect((await readSignInEvents(profile.id))[0]?.description).toContain("555-1234");
});

test("three ID tokens in a row that are signed with HS256 degrade the credential, and its reason names HS256", async () => {
  const profile = await generic();
  await expectSignedIn(profile.id);
  provider.behaviour = { sign: "public_key" };
  for (let count = 0; count < 3; count++) {
    expect((await readRow(profile.id)).status).toBe("active");
    await expectRefused(profile.id, "algorithm");
  }
  expect(await readRow(profile.id)).toMatchObject({
    status: "degraded",
    statusReason: expect.stringMatching(/same reason.*signed with HS256/),
  });
});

test("a wrong client secret is told from a wrong code: the first makes the credential need action", async () => {
  const profile = await generic();
  provider.behaviour = { tokenError: { error: "invalid_grant" } };
  await expectRefused(profile.id, "invalid_grant");
  provider.behaviour = { tokenError: { error: "invalid_client", error_description: "AADSTS7000215: wrong" } };
  await expectRefused(profile.id, "AADSTS7000215");
  expect(await readRow(profile.id)).toMatchObject({ status: "action_needed", statusField: "clientSecret" });
});
