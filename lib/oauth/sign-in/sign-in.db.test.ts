import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { sessions } from "#drizzle/schema/sessions.ts";
import { userRoles } from "#drizzle/schema/user-roles.ts";
import { users } from "#drizzle/schema/users.ts";
import { updateUser } from "#lib/access/accounts/edit-users.ts";
import { setCredentialEnabled } from "#lib/oauth/credential-edits/set-enabled.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { PEOPLE } from "#sandbox/people.ts";
import { openTestBrowser } from "#scripts/test-browser.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { destinationOf, readRow, setUpSandbox, tester } from "#scripts/test-sandbox.ts";
import { entraProfile, genericProfile, readSignInEvents, serveSignIn, whoIs } from "#scripts/test-sign-in.ts";
import { openSessionTokens } from "./renewing/session-tokens.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();
const portal = serveSignIn();
const open = () => openTestBrowser(sandbox.current.caFile);
const authorize = (id: string, query = "") => `${portal.url}/api/credentials/${id}/authorize?${query}`;
const { olga, emil, nora, greta } = PEOPLE;

describe.each([
  ["Entra ID", entraProfile],
  ["another provider", genericProfile],
])("signing in at %s", (_, make) => {
  test.each(["query", "form_post"] as const)("works with response mode %s", async (responseMode) => {
    const profile = await make(sandbox.current, { responseMode });
    const browser = open();
    const end = await browser.signIn(authorize(profile.id, "returnTo=/runs?a=1"), olga);
    expect(end.url.href).toBe(`${portal.url}/runs?a=1`);
    const signedIn = await whoIs(browser, portal);
    expect(signedIn).toMatchObject({
      user: { username: "olga@sandbox.example", displayName: "Olga Operator" },
      ctx: { grants: [{ role: "operator", nodeId: null }] },
      session: { method: profile.name, credentialId: profile.id, mfa: false },
    });
    expect(await readSignInEvents(profile.id)).toMatchObject(
      [{ kind: "sign_in", outcome: "succeeded", cause: "olga@sandbox.example", description: /an array of 1/ }].map(
        (event) => ({ ...event, description: expect.stringMatching(event.description) }),
      ),
    );
    expect((await readRow(profile.id)).status).toBe("active");
    const [row] = await getDb()
      .select()
      .from(sessions)
      .where(eq(sessions.id, signedIn?.sessionId ?? ""));
    const kept = openSessionTokens(row!.id, await destinationOf(profile.id), row!.tokensEnvelope!);
    expect(kept).toMatchObject({ refreshToken: expect.any(String) });
    expect(row?.nextRenewAt).not.toBeNull();
  });

  test("keeps code and tokens out of the places that the browser sees after it", async () => {
    const profile = await make(sandbox.current, { responseMode: "form_post" });
    const end = await open().signIn(authorize(profile.id), olga);
    for (const place of end.way.filter((href) => href.startsWith(portal.url))) expect(place).not.toMatch(/[?&]code=/);
  });

  test("brings a popup to the page that closes it", async () => {
    const profile = await make(sandbox.current);
    const end = await open().signIn(authorize(profile.id, "mode=popup"), olga);
    expect(end.url.pathname).toBe("/signin/done");
  });

  test("refuses who has no role, with the field and the setting", async () => {
    const profile = await make(sandbox.current);
    const browser = open();
    const end = await browser.signIn(authorize(profile.id), nora);
    expect(end.url.pathname).toBe("/signin/refused");
    expect(await whoIs(browser, portal)).toBeNull();
    const [event] = await readSignInEvents(profile.id);
    expect(event).toMatchObject({ outcome: "failed", cause: "nora@sandbox.example" });
    expect(event?.errorCode).toMatch(/^roles_/);
    const made = await getDb().select().from(users).where(eq(users.username, "nora@sandbox.example"));
    expect(
      made.filter(
        ({ issuer }) =>
          issuer === (profile.provider === "entra" ? sandbox.current.issuer : sandbox.current.genericIssuer),
      ),
    ).toEqual([]);
  });

  test("gives who has no role the default one, if there is one", async () => {
    const profile = await make(sandbox.current, { defaultRole: { role: "lead", nodeId: null } });
    const browser = open();
    await browser.signIn(authorize(profile.id), nora);
    expect((await whoIs(browser, portal))?.ctx.grants).toEqual([{ role: "lead", nodeId: null }]);
  });

  test("works in several tabs at once, each attempt for itself", async () => {
    const [first, second] = [await make(sandbox.current), await make(sandbox.current)];
    const browser = open();
    const back = /\/api\/credentials\/callback/;
    const one = await browser.signIn(authorize(first.id, "returnTo=/one"), olga, { until: back });
    const two = await browser.visit(authorize(second.id, "returnTo=/two"), { until: back });
    expect((await browser.visit(two.url)).url.pathname).toBe("/two");
    expect((await browser.visit(one.url)).url.pathname).toBe("/one");
  });

  test("asks for the account again when the person wants to switch", async () => {
    const profile = await make(sandbox.current);
    const browser = open();
    await browser.signIn(authorize(profile.id), olga);
    const before = await whoIs(browser, portal);
    const page = await browser.visit(authorize(profile.id, "switch=1"));
    expect(page.html).toContain("Sign in to the sandbox");
    await browser.signIn(page.url, emil);
    expect((await whoIs(browser, portal))?.user.username).toBe("emil@sandbox.example");
    const [old] = await getDb()
      .select()
      .from(sessions)
      .where(eq(sessions.id, before?.sessionId ?? ""));
    expect(old).toMatchObject({ revokedReason: "signed in again", tokensEnvelope: null });
  });
});

test("a person with too many groups is told so when groups are the roles, and let in by app roles", async () => {
  const byGroups = await entraProfile(sandbox.current, { jwtRolesKey: "groups" });
  const end = await open().signIn(authorize(byGroups.id), greta);
  expect(end.url.pathname).toBe("/signin/refused");
  expect((await readSignInEvents(byGroups.id))[0]).toMatchObject({ errorCode: "group_overage" });
  const byRoles = await entraProfile(sandbox.current);
  const browser = open();
  await browser.signIn(authorize(byRoles.id), greta);
  expect(await whoIs(browser, portal)).not.toBeNull();
});

describe("a person", () => {
  const identityOf = async (username: string) => getDb().select().from(users).where(eq(users.username, username));

  test("is made once, and found again by issuer and object id", async () => {
    const profile = await entraProfile(sandbox.current);
    for (let n = 0; n < 2; n++) await open().signIn(authorize(profile.id), emil);
    const found = (await identityOf("emil@sandbox.example")).filter(({ issuer }) => issuer === sandbox.current.issuer);
    expect(found).toMatchObject([{ subject: emil.objectId, passwordHash: null }]);
  });

  test("of two providers with the same name is two people, and neither is the local account of that name", async () => {
    await getDb().insert(users).values({ username: olga.userName, passwordHash: "local" });
    await open().signIn(authorize((await entraProfile(sandbox.current)).id), olga);
    await open().signIn(authorize((await genericProfile(sandbox.current)).id), olga);
    const found = await identityOf(olga.userName);
    expect(found.map(({ issuer }) => issuer).sort()).toEqual(
      [sandbox.current.issuer, sandbox.current.genericIssuer, null].sort(),
    );
  });

  test("who is disabled is signed out at once and can't come back", async () => {
    const profile = await entraProfile(sandbox.current);
    const browser = open();
    await browser.signIn(authorize(profile.id), emil);
    const signedIn = await whoIs(browser, portal);
    const [user] = await getDb().select().from(users).where(eq(users.id, signedIn!.user.id));
    await makeLocalAdmin();
    await updateUser(tester, user!.id, { version: user!.version, disabled: true });
    expect(await whoIs(browser, portal)).toBeNull();
    const end = await browser.visit(authorize(profile.id));
    expect(end.url.pathname).toBe("/signin/refused");
    expect((await readSignInEvents(profile.id)).at(-1)).toMatchObject({ errorCode: "user_disabled" });
    const [again] = await getDb().select().from(users).where(eq(users.id, user!.id));
    await updateUser(tester, user!.id, { version: again!.version, disabled: false });
  });

  test("is signed out when the credential is disabled, and can't come back", async () => {
    const profile = await entraProfile(sandbox.current);
    const browser = open();
    await browser.signIn(authorize(profile.id), emil);
    expect(await whoIs(browser, portal)).not.toBeNull();
    await setCredentialEnabled(tester, profile.id, false);
    expect(await whoIs(browser, portal)).toBeNull();
    expect((await browser.visit(authorize(profile.id))).url.search).toBe("?code=unknown_profile");
  });
});

async function makeLocalAdmin(): Promise<void> {
  const [admin] = await getDb()
    .insert(users)
    .values({ username: `admin-${Math.random()}`, passwordHash: "x" })
    .returning({ id: users.id });
  await getDb().insert(userRoles).values({ userId: admin!.id, role: "admin", nodeId: null });
}

describe("sign-ins that are refused in a row", () => {
  const signIn = async (id: string, person = olga) => {
    await open().signIn(authorize(id), person);
    const { status, statusReason, statusField } = await readRow(id);
    return { status, statusReason, statusField };
  };

  test("degrade the credential the third time, for one cause, until one works", async () => {
    const profile = await genericProfile(sandbox.current, { jwtRolesKey: "realm_roles" });
    await signIn(profile.id);
    expect(await signIn(profile.id)).toMatchObject({ status: "unverified" });
    expect(await signIn(profile.id, emil)).toMatchObject({
      status: "degraded",
      statusReason: expect.stringMatching(/same reason.*realm_roles.*Claims from/),
      statusField: "jwtRolesKey",
    });
    await getDb().update(credentials).set({ jwtRolesKey: "roles" }).where(eq(credentials.id, profile.id));
    expect(await signIn(profile.id)).toMatchObject({ status: "active", statusField: null });
  });

  test("say nothing about the credential if the user has no role", async () => {
    const profile = await entraProfile(sandbox.current);
    await signIn(profile.id);
    for (let count = 0; count < 3; count++) expect(await signIn(profile.id, nora)).toMatchObject({ status: "active" });
  });
});
