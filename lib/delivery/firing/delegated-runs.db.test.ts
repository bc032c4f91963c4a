import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { sessions } from "#drizzle/schema/sessions.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { testTransport } from "#lib/delivery/runs/test-transport.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { checkDelegation } from "#lib/delivery/trigger-edits/saving/check-request.ts";
import { findSignInToRun } from "#lib/delivery/triggers/find-obstacle.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { changeDestination } from "#lib/oauth/credential-edits/rebind.ts";
import { updateCredential } from "#lib/oauth/credential-edits/update-credential.ts";
import { getCredential } from "#lib/oauth/credential-lists/get-credential.ts";
import { claimSession, renewSession } from "#lib/oauth/sign-in/renewing/renew-session.ts";
import { openSessionTokens, sealSessionTokens } from "#lib/oauth/sign-in/renewing/session-tokens.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { PEOPLE } from "#sandbox/people.ts";
import { dumpDatabase } from "#scripts/dump-database.ts";
import { formsOf } from "#scripts/secret-forms.ts";
import { openTestBrowser } from "#scripts/test-browser.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { stretchRenewalLeases } from "#scripts/test-leases.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { destinationOf, setUpSandbox, tester } from "#scripts/test-sandbox.ts";
import { startEchoService } from "#scripts/test-services.ts";
import { genericProfile, serveSignIn, whoIs } from "#scripts/test-sign-in.ts";
import { fireTrigger } from "./fire.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();
const portal = serveSignIn();
const { olga, emil } = PEOPLE;
let echo: Awaited<ReturnType<typeof startEchoService>>;
let profile: Awaited<ReturnType<typeof genericProfile>>;
let nodeId = "";
let transportId = "";
let triggerId = "";
let made = 0;

beforeAll(async () => {
  echo = await startEchoService();
  await stretchRenewalLeases();
  profile = await genericProfile(sandbox.current, { allowedHosts: ["127.0.0.1", "localhost"] });
  nodeId = await insertNode("Plant");
  const input = {
    name: "Orders",
    nodeId,
    type: "HTTP",
    http: { url: echo.url, method: "POST" },
    authorization: { kind: "credential", credentialId: profile.id },
  };
  transportId = (await createTransport(tester, transportInput.parse(input))).id;
  triggerId = await makeTrigger({});
});
afterAll(() => echo.close());
beforeEach(() => echo.authorizations.clear());
afterEach(() => vi.useRealTimers());

async function makeTrigger(query: Record<string, string>): Promise<string> {
  made += 1;
  const input = { name: `Send ${made}`, nodeId, transportId, request: { path: "/orders", query } };
  return (await createTrigger(tester, triggerInput.parse(input))).id;
}

async function signIn(person = olga) {
  const browser = openTestBrowser(sandbox.current.caFile);
  await browser.signIn(`${portal.url}/api/credentials/${profile.id}/authorize`, person);
  const signedIn = (await whoIs(browser, portal))!;
  const id = signedIn.sessionId;
  const read = async () => (await getDb().select().from(sessions).where(eq(sessions.id, id)))[0]!;
  const tokens = async () => openSessionTokens(id, await destinationOf(profile.id), (await read()).tokensEnvelope!);
  const change = async (changes: object) => {
    const tokensEnvelope = sealSessionTokens(id, await destinationOf(profile.id), { ...(await tokens()), ...changes });
    await getDb().update(sessions).set({ tokensEnvelope }).where(eq(sessions.id, id));
  };
  return { ctx: signedIn.ctx, id, user: signedIn.user, tokens, change };
}

const sent = () => [...echo.authorizations];

test("a run sends the own token of who started it, and the receipt says whose", async () => {
  const [one, two] = [await signIn(olga), await signIn(emil)];
  for (const { ctx, user, tokens } of [one, two]) {
    echo.authorizations.clear();
    const run = await fireTrigger(ctx, triggerId);
    expect(run).toMatchObject({
      status: "succeeded",
      token: { credentialId: profile.id, source: "cache", user: { id: user.id, name: user.username } },
    });
    const { accessToken } = await tokens();
    expect(sent()).toEqual([`Bearer ${accessToken}`]);
    expect(JSON.stringify(run)).not.toContain(accessToken);
    expect(await findSignInToRun(ctx, triggerId)).toBeNull();
  }
});

test("anyone else is told to sign in with the profile first, and nothing is sent", async () => {
  const first = {
    code: "profile_sign_in_required",
    message: `Sign in with ${profile.name} first.`,
    details: { credentialId: profile.id },
  };
  const local: Context = {
    ...tester,
    actor: { kind: "user", id: crypto.randomUUID(), name: "admin", sessionId: crypto.randomUUID() },
  };
  const key: Context = { ...tester, actor: { kind: "api_key", id: "k", name: "API key CI" } };
  for (const ctx of [local, key, tester]) {
    await expect(fireTrigger(ctx, triggerId)).rejects.toMatchObject(first);
    await expect(testTransport(ctx, transportId)).rejects.toMatchObject(first);
    expect(await findSignInToRun(ctx, triggerId)).toEqual({ id: profile.id, name: profile.name });
  }
  const elsewhere = await genericProfile(sandbox.current);
  const browser = openTestBrowser(sandbox.current.caFile);
  await browser.signIn(`${portal.url}/api/credentials/${elsewhere.id}/authorize`, olga);
  const { ctx } = (await whoIs(browser, portal))!;
  await expect(fireTrigger(ctx, triggerId)).rejects.toMatchObject(first);
  expect(sent()).toEqual([]);
});

test("a token that has run out is renewed once, however many runs ask for it", async () => {
  const { ctx, tokens, change } = await signIn();
  const old = (await tokens()).accessToken;
  await change({ accessTokenExpiresAt: Date.now() - 1000 });
  const { clientId } = sandbox.current.clients.genericWorkbench;
  const count = async () => (await sandbox.current.control.countTokenRequests({ clientId })).total;
  const before = await count();
  const runs = await Promise.all(Array.from({ length: 8 }, () => fireTrigger(ctx, triggerId)));
  expect(runs.map(({ status }) => status)).toEqual(Array(8).fill("succeeded"));
  expect((await count()) - before).toBe(1);
  const { accessToken } = await tokens();
  expect(accessToken).not.toBe(old);
  expect(sent()).toEqual([`Bearer ${accessToken}`]);
  expect(runs[0]?.token?.source).toBe("refreshed");
});

test("through an outage a valid token is sent on, an expired one never", async () => {
  const { ctx, change } = await signIn();
  await sandbox.current.control.setFault({ mode: "status", status: 503 });
  // The clock stands still: the token is due, and stays valid.
  vi.setSystemTime(Date.now());
  await change({ accessTokenExpiresAt: Date.now() + 30_000 });
  expect(await fireTrigger(ctx, triggerId)).toMatchObject({ status: "succeeded", token: { source: "cache" } });
  echo.authorizations.clear();
  await change({ accessTokenExpiresAt: Date.now() - 1 });
  const failed = await fireTrigger(ctx, triggerId);
  expect(failed).toMatchObject({ status: "failed", error: { code: "token_endpoint_unavailable" } });
  expect(sent()).toEqual([]);
});

test("a token that has run out without a refresh token asks for a sign-in", async () => {
  const { ctx, change } = await signIn();
  await change({ accessTokenExpiresAt: Date.now() - 1, refreshToken: null });
  expect(await fireTrigger(ctx, triggerId)).toMatchObject({
    status: "failed",
    error: { code: "profile_sign_in_required", message: expect.stringContaining("has run out") },
  });
  expect(sent()).toEqual([]);
});

test("a service that answers 401 gets one more request with a renewed token", async () => {
  const { ctx } = await signIn();
  const refused = await makeTrigger({ status: "401" });
  const run = await fireTrigger(ctx, refused);
  expect(run).toMatchObject({ status: "failed", attempts: 2, error: { code: "service_refused_token" } });
  expect(run.attemptLog.map(({ token }) => token?.user?.name)).toEqual([olga.userName, olga.userName]);
  expect(sent()).toHaveLength(2);
});

test("the provider's refusal ends the session, and the run says so", async () => {
  const { ctx, id, change } = await signIn();
  await change({ accessTokenExpiresAt: Date.now() - 1 });
  await sandbox.current.control.changePerson({ subject: olga.subject, isDisabled: true });
  expect(await fireTrigger(ctx, triggerId)).toMatchObject({
    status: "failed",
    error: { code: "profile_sign_in_required" },
  });
  const [row] = await getDb().select().from(sessions).where(eq(sessions.id, id));
  expect(row?.revokedReason).toContain("refused to renew");
});

test("allowed hosts hold when it is saved", async () => {
  const narrow = await genericProfile(sandbox.current, { allowedHosts: ["orders.example.com"] });
  const input = {
    name: "Elsewhere",
    nodeId: await insertNode("Elsewhere"),
    type: "HTTP",
    http: { url: echo.url, method: "POST" },
    authorization: { kind: "credential", credentialId: narrow.id },
  };
  await expect(createTransport(tester, transportInput.parse(input))).rejects.toMatchObject({
    code: "host_not_allowed",
  });
});

test("allowed hosts hold when it is sent: without any, a person's token goes nowhere", async () => {
  const { ctx } = await signIn();
  // An edit refuses to cut off a transport.
  await inTransaction((tx) => changeDestination(tx, profile.id, { allowedHosts: [] }));
  expect(await fireTrigger(ctx, triggerId)).toMatchObject({ status: "failed", error: { code: "host_not_allowed" } });
  expect(sent()).toEqual([]);
  const { version } = await getCredential(tester, profile.id);
  await updateCredential(tester, profile.id, { version, allowedHosts: ["127.0.0.1"] });
  expect(await fireTrigger(ctx, triggerId)).toMatchObject({ status: "succeeded" });
});

test("a renewal that another process has in hand is waited for, not repeated", async () => {
  const { ctx, id, change } = await signIn();
  await change({ accessTokenExpiresAt: Date.now() - 1 });
  const { clientId } = sandbox.current.clients.genericWorkbench;
  const count = async () => (await sandbox.current.control.countTokenRequests({ clientId })).total;
  const before = await count();
  const elsewhere = (await claimSession(id, new Date()))!;
  const run = fireTrigger(ctx, triggerId);
  // A run that reads the session after the renewal finds a token that needs none.
  await expect.poll(() => singleton("session renewals", () => new Map()).has(id)).toBe(true);
  await renewSession(elsewhere, "renewal", Date.now);
  expect(await run).toMatchObject({ status: "succeeded", token: { source: "refreshed" } });
  expect((await count()) - before).toBe(1);
});

test("nobody's tokens stand in a receipt or the database, at a service that repeats them", async () => {
  const { ctx, tokens } = await signIn();
  const first = await tokens();
  const receipts = [await fireTrigger(ctx, triggerId), await fireTrigger(ctx, await makeTrigger({ status: "401" }))];
  const places = { "a receipt": JSON.stringify(receipts), ...(await dumpDatabase()) };
  // The search finds what is there.
  expect(places["a receipt"]).toContain(olga.userName);
  const found: string[] = [];
  for (const secrets of [first, await tokens()]) {
    for (const [name, secret] of Object.entries(secrets)) {
      if (typeof secret !== "string") continue;
      for (const [form, text] of Object.entries(formsOf(secret))) {
        for (const [place, content] of Object.entries(places)) {
          if (content.includes(text)) found.push(`${name}, ${form}, is in ${place}`);
        }
      }
    }
  }
  expect(found).toEqual([]);
});

test("schedules and webhooks can't use it, and say so", () => {
  const user = { name: "Company", type: "user" } as const;
  for (const kind of ["schedule", "webhook"] as const) {
    expect(() => checkDelegation({ kind }, user)).toThrow(/nobody is signed in then/);
    expect(() => checkDelegation({ kind }, { name: "Orders", type: "application" })).not.toThrow();
  }
  expect(() => checkDelegation({ kind: "on_demand" }, user)).not.toThrow();
});

test("a person's token goes nowhere after the allowed hosts were changed in the database, and stays after an edit", async () => {
  const { ctx, tokens } = await signIn();
  const { version, allowedHosts } = await getCredential(tester, profile.id);
  await updateCredential(tester, profile.id, { version, allowedHosts: [...allowedHosts, "orders.example.com"] });
  const { accessToken } = await tokens();
  expect(await fireTrigger(ctx, triggerId)).toMatchObject({ status: "succeeded" });
  expect(sent()).toEqual([`Bearer ${accessToken}`]);
  echo.authorizations.clear();

  const change = (hosts: string[]) =>
    inTransaction(async (tx) => {
      await tx.update(credentials).set({ allowedHosts: hosts }).where(eq(credentials.id, profile.id));
      await bumpChanges(tx);
    });
  await change(["127.0.0.1", "localhost", "evil.example.com"]);
  await expect(fireTrigger(ctx, triggerId)).rejects.toMatchObject({ code: "secret_unreadable" });
  expect(sent()).toEqual([]);
  await change([...allowedHosts, "orders.example.com"]);
  expect(await fireTrigger(ctx, triggerId)).toMatchObject({ status: "succeeded" });
});
