import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { sessions } from "#drizzle/schema/sessions.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { PEOPLE } from "#sandbox/people.ts";
import { openTestBrowser } from "#scripts/test-browser.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { destinationOf, setUpSandbox } from "#scripts/test-sandbox.ts";
import { entraProfile, genericProfile, readSignInEvents, serveSignIn, whoIs } from "#scripts/test-sign-in.ts";
import { claimDueSessions } from "../renew-due-sessions.ts";
import { claimSession, renewSession } from "./renew-session.ts";
import { openSessionTokens } from "./session-tokens.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();
const portal = serveSignIn();
const { olga } = PEOPLE;

const readSession = async (id: string) => (await getDb().select().from(sessions).where(eq(sessions.id, id)))[0]!;
const tokensOf = async (id: string) => {
  const { credentialId, tokensEnvelope } = await readSession(id);
  return openSessionTokens(id, await destinationOf(credentialId!), tokensEnvelope!);
};

async function signIn(make: typeof entraProfile, overrides = {}) {
  const profile = await make(sandbox.current, overrides);
  const browser = openTestBrowser(sandbox.current.caFile);
  await browser.signIn(`${portal.url}/api/credentials/${profile.id}/authorize`, olga);
  const who = () => whoIs(browser, portal);
  const id = (await who())!.sessionId;
  const renew = async () => renewSession((await claimSession(id, new Date()))!, "renewal", Date.now);
  return { profile, id, who, renew };
}

test.each([
  ["Entra ID", entraProfile],
  ["another provider", genericProfile],
])("a session of %s is renewed at its interval, and the roles are mapped anew", async (_, make) => {
  const { profile, id, who, renew } = await signIn(make);
  const before = await tokensOf(id);
  await sandbox.current.control.changePerson({ subject: olga.subject, roles: ["Plant7.Engineers"] });
  const startedAt = Date.now();
  expect(await renew()).toMatchObject({ kind: "renewed" });
  const endedAt = Date.now();
  expect((await who())?.ctx.grants).toEqual([{ role: "engineer", nodeId: null }]);
  const after = await readSession(id);
  expect((await tokensOf(id)).accessToken).not.toBe(before.accessToken);
  const intervalMs = profile.refreshIntervalSeconds * 1000;
  expect(after.nextRenewAt!.getTime()).toBeGreaterThanOrEqual(startedAt + intervalMs);
  expect(after.nextRenewAt!.getTime()).toBeLessThanOrEqual(endedAt + intervalMs);
  expect([after.renewFailures, after.renewLeaseUntil]).toEqual([0, null]);
  const records = await getDb().select().from(auditRecords).where(eq(auditRecords.targetId, id));
  expect(records.at(-1)).toMatchObject({
    action: "session.update",
    before: { roles: ["operator, all nodes"] },
    after: { roles: ["engineer, all nodes"] },
  });
  expect((await readSignInEvents(profile.id)).at(-1)).toMatchObject({ outcome: "succeeded" });
});

test.each([
  ["is disabled at the provider", { isDisabled: true }, /refused to renew it/],
  ["has no role any more", { roles: [] }, /no role any more/],
])("the session of somebody who %s ends with the reason", async (_, changes, reason) => {
  const { profile, id, who, renew } = await signIn(entraProfile);
  await sandbox.current.control.changePerson({ subject: olga.subject, ...changes });
  expect(await renew()).toMatchObject({ kind: "ended" });
  expect(await who()).toBeNull();
  const row = await readSession(id);
  expect(row).toMatchObject({ revokedReason: expect.stringMatching(reason), tokensEnvelope: null, nextRenewAt: null });
  expect((await readSignInEvents(profile.id)).at(-1)).toMatchObject({ outcome: "failed" });
  const records = await getDb().select().from(auditRecords).where(eq(auditRecords.targetId, id));
  expect(records.at(-1)).toMatchObject({ action: "session.revoke", actorName: "session renewal" });
});

test.each([
  ["an error of the server", { mode: "status", status: 503 }],
  ["a page of HTML", { mode: "html" }],
  ["a cut connection", { mode: "reset" }],
  [
    "a wrong secret, which is about the portal and not the person",
    { mode: "status", status: 401, error: "invalid_client" },
  ],
] as const)("an outage ends nobody's session: %s", async (_, fault) => {
  const { id, who, renew } = await signIn(genericProfile);
  const before = await tokensOf(id);
  const dueAt = new Date();
  await getDb().update(sessions).set({ nextRenewAt: dueAt }).where(eq(sessions.id, id));
  await sandbox.current.control.setFault(fault);
  expect(await renew()).toMatchObject({ kind: "failed" });
  expect(await who()).not.toBeNull();
  const row = await readSession(id);
  expect(await tokensOf(id)).toEqual(before);
  expect(row).toMatchObject({ renewFailures: 1, renewLeaseUntil: null });
  expect(row.nextRenewAt!.getTime()).toBeGreaterThan(dueAt.getTime());
  await sandbox.current.control.clearFaults();
  expect(await renew()).toMatchObject({ kind: "renewed" });
  expect((await readSession(id)).renewFailures).toBe(0);
});

test("what is due is claimed once over all workers, and not before, nor once it has ended", async () => {
  const { id } = await signIn(genericProfile);
  const claim = async (now: Date, forMs?: number) =>
    (await claimDueSessions(100, now, forMs)).filter((claimed) => claimed.id === id);
  // The lease doesn't run out while the test takes its time.
  const mine = (now: Date) => claim(now, 3_600_000);
  const now = new Date();
  expect(await mine(now)).toEqual([]);
  await getDb().update(sessions).set({ nextRenewAt: now }).where(eq(sessions.id, id));
  const claims = (await Promise.all([1, 2, 3, 4].map(() => mine(now)))).flat();
  expect(claims).toHaveLength(1);
  // The database's clock counts: that of a process may be wrong by any amount.
  expect(await mine(new Date(now.getTime() + 300_000))).toEqual([]);
  await getDb().update(sessions).set({ renewLeaseUntil: now }).where(eq(sessions.id, id));
  expect(await claim(now)).toHaveLength(1);
  // A process that was killed during a renewal blocks nobody for longer than the lease.
  const isShort = sql<boolean>`${sessions.renewLeaseUntil} <= clock_timestamp() + interval '3 seconds'`;
  expect(await getDb().select({ isShort }).from(sessions).where(eq(sessions.id, id))).toEqual([{ isShort: true }]);
  await getDb().update(sessions).set({ revokedAt: now, renewLeaseUntil: null }).where(eq(sessions.id, id));
  expect(await mine(new Date(now.getTime() + 1000))).toEqual([]);
});

test("who slept through the lease writes nothing", async () => {
  const { id } = await signIn(genericProfile);
  const slow = (await claimSession(id, new Date()))!;
  const before = await tokensOf(id);
  const taken = { renewLeaseUntil: new Date(Date.now() + 90_000), renewLeaseHolder: crypto.randomUUID() };
  await getDb().update(sessions).set(taken).where(eq(sessions.id, id));
  await renewSession(slow, "renewal", Date.now);
  expect(await tokensOf(id)).toEqual(before);
  expect(await readSession(id)).toMatchObject(taken);
});
