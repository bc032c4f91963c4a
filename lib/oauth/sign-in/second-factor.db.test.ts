import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { sessions } from "#drizzle/schema/sessions.ts";
import { users } from "#drizzle/schema/users.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { PEOPLE } from "#sandbox/people.ts";
import { openTestBrowser } from "#scripts/test-browser.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { setUpSandbox } from "#scripts/test-sandbox.ts";
import { entraProfile, genericProfile, readSignInEvents, serveSignIn, whoIs } from "#scripts/test-sign-in.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();
const portal = serveSignIn();
const open = () => openTestBrowser(sandbox.current.caFile);
const authorize = (id: string, query = "") => `${portal.url}/api/credentials/${id}/authorize?${query}`;
const { olga, emil } = PEOPLE;

describe.each([
  ["Entra ID, by amr", entraProfile, null, "provider: mfa"],
  ["Entra ID, by an authentication context", entraProfile, "c1", "provider: c1"],
  ["another provider, by amr", genericProfile, null, "provider: mfa"],
  ["another provider, by acr", genericProfile, "urn:sandbox:mfa", "provider: urn:sandbox:mfa"],
])("a second factor at %s", (_, make, mfaContext, mfaMethod) => {
  test("is asked for, verified and kept when the credential requires it", async () => {
    const profile = await make(sandbox.current, { mfa: "required", mfaContext });
    const browser = open();
    await browser.signIn(authorize(profile.id), olga);
    expect((await whoIs(browser, portal))?.session).toMatchObject({ mfa: true, mfaMethod });
  });

  test("that the provider did not see is refused, and the step-up lets in", async () => {
    const profile = await make(sandbox.current, { mfa: "required", mfaContext });
    const browser = open();
    const end = await browser.signIn(authorize(profile.id), olga, { factor: "skip" });
    expect(end.url.pathname).toBe("/signin/refused");
    expect(await whoIs(browser, portal)).toBeNull();
    expect((await readSignInEvents(profile.id)).at(-1)).toMatchObject({
      outcome: "failed",
      errorCode: "mfa_missing",
      cause: olga.userName,
      description: expect.stringContaining("A second factor is required"),
    });
    const page = await browser.visit(authorize(profile.id, "returnTo=/runs"));
    expect(page.html).toContain("<h1>Second factor</h1>");
    await browser.visit(`${page.url.href}/factor`, { form: { person: olga.subject, factor: "approve" } });
    expect((await whoIs(browser, portal))?.session.mfa).toBe(true);
  });

  test("can be added to a session, which gets another id", async () => {
    const profile = await make(sandbox.current, { mfaContext });
    const browser = open();
    await browser.signIn(authorize(profile.id), olga);
    const before = await whoIs(browser, portal);
    expect(before?.session.mfa).toBe(false);
    const page = await browser.visit(authorize(profile.id, "mfa=1&returnTo=/runs"));
    await browser.visit(`${page.url.href}/factor`, { form: { person: olga.subject, factor: "approve" } });
    const after = await whoIs(browser, portal);
    expect(after).toMatchObject({ session: { mfa: true, mfaMethod }, user: { id: before?.user.id } });
    expect(after?.sessionId).not.toBe(before?.sessionId);
    const [old] = await getDb()
      .select()
      .from(sessions)
      .where(eq(sessions.id, before?.sessionId ?? ""));
    expect(old?.revokedReason).toBe("signed in again");
  });
});

test("a step-up with another account than the session's is refused, and the session stays as it was", async () => {
  const profile = await entraProfile(sandbox.current);
  const browser = open();
  await browser.signIn(authorize(profile.id), olga);
  const before = await whoIs(browser, portal);
  const page = await browser.visit(authorize(profile.id, "mfa=1&switch=1"));
  const end = await browser.signIn(page.url, emil);
  expect(end.url.pathname).toBe("/signin/refused");
  expect((await readSignInEvents(profile.id)).at(-1)).toMatchObject({ errorCode: "other_account" });
  const after = await whoIs(browser, portal);
  expect(after).toMatchObject({ sessionId: before?.sessionId, session: { mfa: false } });
});

test("a step-up without a session of that profile is a sign-in that takes a second factor, and nothing less", async () => {
  const profile = await entraProfile(sandbox.current);
  const lazy = open();
  const end = await lazy.signIn(authorize(profile.id, "mfa=1"), olga, { factor: "skip" });
  expect(end.url.pathname).toBe("/signin/refused");
  expect(await whoIs(lazy, portal)).toBeNull();
  const browser = open();
  await browser.signIn(authorize(profile.id, "mfa=1"), olga);
  expect((await whoIs(browser, portal))?.session).toMatchObject({ mfa: true, credentialId: profile.id });
});

test("a person who was renamed at the provider is renamed here, and stays the same user", async () => {
  const profile = await entraProfile(sandbox.current);
  const browser = open();
  await browser.signIn(authorize(profile.id), olga);
  const before = await whoIs(browser, portal);
  await sandbox.current.control.changePerson({
    subject: olga.subject,
    name: "Olga Newname",
    userName: "olga.newname@sandbox.example",
    roles: ["Plant7.Engineers"],
  });
  await browser.visit(authorize(profile.id));
  const after = await whoIs(browser, portal);
  expect(after).toMatchObject({
    user: { id: before?.user.id, username: "olga.newname@sandbox.example", displayName: "Olga Newname" },
    ctx: { grants: [{ role: "engineer", nodeId: null }] },
  });
  const found = await getDb()
    .select()
    .from(users)
    .where(eq(users.id, before?.user.id ?? ""));
  expect(found).toMatchObject([{ subject: olga.objectId, version: 2 }]);
});
