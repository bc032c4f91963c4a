import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { hash } from "@node-rs/argon2";
import { eq, sql } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { sessions } from "#drizzle/schema/sessions.ts";
import { userRoles } from "#drizzle/schema/user-roles.ts";
import { users } from "#drizzle/schema/users.ts";
import {
  absoluteMs,
  authenticateSession,
  endSession,
  endSessionsOf,
  findSignedIn,
  idleMs,
} from "#lib/access/sessions/sessions.ts";
import { takeAttempt } from "#lib/access/sessions/throttle.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { findProgram } from "#scripts/test-programs.ts";
import { signInLocally } from "./local/sign-in-locally.ts";
import { createAuthOptions } from "./next-auth.ts";
import { hashPassword } from "./passwords/password-hash.ts";

setUpTestDatabase();

const start = new Date("2026-03-01T08:00:00Z");
const later = (ms: number) => new Date(start.getTime() + ms);
const client = (address: string) => ({ address, userAgent: "test" });
const password = "a password of some length";
/** Hashed once: that's slow on purpose. */
const passwordHash = await hashPassword(password);
let made = 0;

/** Each test has its own account and address, so that counters don't meet. */
async function makeAccount() {
  made += 1;
  const username = `Anna${made}`;
  const [user] = await getDb().insert(users).values({ username, passwordHash }).returning();
  return { user: user!, username, from: client(`192.0.2.${made}`) };
}

test("a right password makes a session that names the user and the roles", async () => {
  const { user, username, from } = await makeAccount();
  await getDb().insert(userRoles).values({ userId: user.id, role: "engineer", nodeId: null });
  const { sessionId } = await signInLocally({ username: ` ${username.toUpperCase()} `, password }, from, start);
  const signedIn = await findSignedIn(sessionId, from.address, later(1000));
  expect(signedIn?.ctx).toEqual({
    actor: { kind: "user", id: user.id, name: username, sessionId },
    grants: [{ role: "engineer", nodeId: null }],
    address: from.address,
  });
});

test("a hash of other parameters is made anew at the next right password, and not at a wrong one", async () => {
  const { user, username, from } = await makeAccount();
  const old = await hash(password, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
  await getDb().update(users).set({ passwordHash: old }).where(eq(users.id, user.id));
  const stored = async () => (await getDb().select().from(users).where(eq(users.id, user.id)))[0]?.passwordHash;
  await signInLocally({ username, password: "wrong" }, from, start).catch(() => undefined);
  expect(await stored()).toBe(old);
  await signInLocally({ username, password }, from, start);
  const renewed = await stored();
  expect(renewed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  await signInLocally({ username, password }, from, start);
  expect(await stored()).toBe(renewed);
});

test("signing in is written to the audit log", async () => {
  const { username, from } = await makeAccount();
  const { sessionId } = await signInLocally({ username, password }, from, start);
  const records = await getDb().select().from(auditRecords).where(eq(auditRecords.targetId, sessionId));
  expect(records).toMatchObject([{ action: "session.create", actorName: username, address: from.address }]);
});

test("an unknown username and a wrong password get the same answer", async () => {
  const { username, from } = await makeAccount();
  const wrong = { code: "wrong_password", message: "Username or password is wrong." };
  await expect(signInLocally({ username, password: "wrong" }, from, start)).rejects.toMatchObject(wrong);
  await expect(signInLocally({ username: "nobody", password }, from, start)).rejects.toMatchObject(wrong);
});

test("a disabled account is told so only with the right password", async () => {
  const { user, username, from } = await makeAccount();
  await getDb().update(users).set({ disabled: true }).where(eq(users.id, user.id));
  await expect(signInLocally({ username, password: "wrong" }, from, start)).rejects.toMatchObject({
    code: "wrong_password",
  });
  await expect(signInLocally({ username, password }, from, start)).rejects.toMatchObject({ code: "forbidden" });
});

test("the fifth failure blocks the account at its network, even for the right password", async () => {
  const { username } = await makeAccount();
  const from = client("198.51.100.99");
  for (let n = 1; n <= 5; n += 1) {
    const attempt = signInLocally({ username, password: "wrong" }, from, start);
    await expect(attempt).rejects.toMatchObject({ code: "wrong_password" });
  }
  const blocked = signInLocally({ username: username.toLowerCase(), password }, from, later(1000));
  await expect(blocked).rejects.toMatchObject({
    code: "too_many_attempts",
    message: "Too many failed attempts. Try again in 29 seconds.",
    details: { retryAfterSeconds: 29 },
  });
  await signInLocally({ username, password }, from, later(30_001));
});

test("wrong passwords lock nobody out at another network, nor in a browser that signed in before", async () => {
  const { username, from } = await makeAccount();
  const attacker = client("198.51.100.77");
  for (let n = 1; n <= 6; n += 1) {
    for (const at of [attacker, from]) {
      await signInLocally({ username, password: "wrong" }, at, start).catch(() => undefined);
    }
  }
  await expect(signInLocally({ username, password }, from, start)).rejects.toMatchObject({ code: "too_many_attempts" });
  await signInLocally({ username, password }, client("198.51.100.78"), start);
  const pauses: number[] = [];
  const pause = async (ms: number) => pauses.push(ms);
  await signInLocally({ username, password, findBrowser: () => "known" }, from, start, pause);
  expect(pauses).toEqual([0]);
});

test("a browser that signed in before waits longer and longer instead of being refused", async () => {
  const { username, from } = await makeAccount();
  const pauses: number[] = [];
  const pause = async (ms: number) => pauses.push(ms);
  const known = { username, findBrowser: () => "known" };
  for (let n = 1; n <= 9; n += 1) {
    const attempt = signInLocally({ ...known, password: "wrong" }, from, start, pause);
    await expect(attempt).rejects.toMatchObject({ code: "wrong_password" });
  }
  expect(pauses).toEqual([0, 0, 0, 0, 0, 1000, 3000, 7000, 15_000]);
  await signInLocally({ ...known, password }, from, later(60_000), pause);
  await signInLocally({ ...known, password }, from, later(60_000), pause);
  expect(pauses.slice(-2)).toEqual([0, 0]);
});

test("all spellings that the database takes for one name count together, known or not", async () => {
  made += 1;
  const [known, unknown] = [`İnci${made}`, `İrem${made}`];
  await getDb().insert(users).values({ username: known, passwordHash });
  const from = client("198.51.100.88");
  for (const name of [known, unknown]) {
    const { rows } = await getDb().execute<{ folded: string }>(sql`select lower(${name}) as folded`);
    for (let n = 0; n < 5; n += 1) {
      const username = n % 2 === 0 ? name : rows[0]!.folded;
      await signInLocally({ username, password: "wrong" }, from, start).catch(() => undefined);
    }
    const sixth = signInLocally({ username: name, password: "wrong" }, from, start);
    await expect(sixth).rejects.toMatchObject({ code: "too_many_attempts" });
  }
});

test("npm run unlock lifts the blocks of an account and of addresses, and is in the audit log", async () => {
  const { user, username, from } = await makeAccount();
  vi.useFakeTimers({ toFake: ["Date"] });
  for (let n = 1; n <= 6; n += 1) await signInLocally({ username, password: "wrong" }, from).catch(() => undefined);
  await expect(signInLocally({ username, password }, from)).rejects.toMatchObject({ code: "too_many_attempts" });
  const { stdout } = await promisify(execFile)(process.execPath, [findProgram("scripts/unlock.ts"), username]);
  expect(stdout).toContain(`${username} can sign in again.`);
  await signInLocally({ username, password }, from);
  const records = await getDb().select().from(auditRecords).where(eq(auditRecords.targetId, user.id));
  expect(records).toMatchObject([{ action: "user.unlock", actorName: "npm run unlock" }]);
});

test("each further failure doubles the block, up to 15 minutes", async () => {
  for (let n = 1; n < 5; n += 1) await takeAttempt("account", "guessed", start);
  const waits: number[] = [];
  for (let at = 0; waits.length < 8; at += waits.at(-1)! * 1000) {
    await takeAttempt("account", "guessed", later(at));
    const refused = await takeAttempt("account", "guessed", later(at)).catch((error) => error);
    waits.push(refused.details.retryAfterSeconds);
  }
  expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
});

test("a counter is forgotten 15 minutes after its last attempt or block", async () => {
  for (let n = 1; n <= 5; n += 1) await takeAttempt("account", "forgetful", start);
  const rested = later(30_000 + 15 * 60_000 + 1);
  for (let n = 1; n <= 5; n += 1) await takeAttempt("account", "forgetful", rested);
  await expect(takeAttempt("account", "forgetful", rested)).rejects.toMatchObject({ code: "too_many_attempts" });
});

test("attempts sent at once can't outrun the counter", async () => {
  const { username } = await makeAccount();
  const attempts = Array.from({ length: 12 }, (_, n) =>
    signInLocally({ username, password: "wrong", code: `${n}` }, client("203.0.113.7"), start).catch(
      (error) => error.code,
    ),
  );
  const codes = await Promise.all(attempts);
  expect(codes.filter((code) => code === "wrong_password")).toHaveLength(5);
  expect(codes.filter((code) => code === "too_many_attempts")).toHaveLength(7);
});

test("an address is blocked after 30 failures whatever the accounts, and a success takes only its own attempt back", async () => {
  const { username } = await makeAccount();
  const from = client("2001:db8:1:2::7");
  const neighbour = client("2001:db8:1:2:ffff::1");
  for (let n = 1; n < 30; n += 1) {
    await signInLocally({ username: `nobody${n}`, password }, from, start).catch(() => undefined);
  }
  await signInLocally({ username, password }, from, start);
  await signInLocally({ username: "nobody0", password }, neighbour, start).catch(() => undefined);
  await expect(signInLocally({ username, password }, from, start)).rejects.toMatchObject({ code: "too_many_attempts" });
});

test("a session ends when it is idle, at its absolute end, and when it is revoked", async () => {
  const { username, from } = await makeAccount();
  const signIn = async () => (await signInLocally({ username, password }, from, start)).sessionId;
  const idle = await signIn();
  expect(await findSignedIn(idle, null, later(idleMs - 1000))).not.toBeNull();
  expect(await findSignedIn(idle, null, later(2 * idleMs - 2000))).not.toBeNull();
  expect(await findSignedIn(idle, null, later(3 * idleMs))).toBeNull();

  const used = await signIn();
  for (let at = 0; at < absoluteMs; at += idleMs / 2) {
    expect(await findSignedIn(used, null, later(at))).not.toBeNull();
  }
  expect(await findSignedIn(used, null, later(absoluteMs))).toBeNull();

  const revoked = await signIn();
  expect(await endSession(getDb(), revoked, "signed out", later(1000))).toBe(true);
  expect(await findSignedIn(revoked, null, later(1000))).toBeNull();
  expect(await endSession(getDb(), revoked, "signed out", later(1000))).toBe(false);
});

test("what the database has of a session doesn't authenticate it", async () => {
  const { username, from } = await makeAccount();
  const { sessionId, sessionToken } = await signInLocally({ username, password }, from, start);
  const [row] = await getDb().select().from(sessions).where(eq(sessions.id, sessionId));
  const secret = sessionToken.split(".")[1]!;
  expect(JSON.stringify(row)).not.toContain(secret);
  expect(await authenticateSession(sessionToken, null, start)).toMatchObject({ sessionId });
  for (const token of [
    sessionId,
    `${sessionId}.`,
    `${sessionId}.${row!.secretHash}`,
    `${sessionToken}.x`,
    secret,
    "",
  ]) {
    expect(await authenticateSession(token, null, start), token).toBeNull();
  }
});

test("a session from before secrets were stored stays usable with its ID", async () => {
  const { username, from } = await makeAccount();
  const { sessionId } = await signInLocally({ username, password }, from, start);
  await getDb().update(sessions).set({ secretHash: null }).where(eq(sessions.id, sessionId));
  expect(await authenticateSession(sessionId, null, start)).toMatchObject({ sessionId });
  expect(await authenticateSession(`${sessionId}.`, null, start)).toBeNull();
});

test("a session's use is written at most once a minute", async () => {
  const { username, from } = await makeAccount();
  const { sessionId } = await signInLocally({ username, password }, from, start);
  const lastSeen = async () =>
    (await getDb().select().from(sessions).where(eq(sessions.id, sessionId)))[0]?.lastSeenAt.toISOString();
  await findSignedIn(sessionId, null, later(59_000));
  expect(await lastSeen()).toBe(start.toISOString());
  await findSignedIn(sessionId, null, later(61_000));
  expect(await lastSeen()).toBe(later(61_000).toISOString());
});

test("all sessions of a user but one end at once, and a disabled user has none", async () => {
  const { user, username, from } = await makeAccount();
  const [one, two] = [
    (await signInLocally({ username, password }, from, start)).sessionId,
    (await signInLocally({ username, password }, from, start)).sessionId,
  ];
  await inTransaction((tx) => endSessionsOf(tx, user.id, "password changed", { except: one, now: later(1000) }));
  expect(await findSignedIn(one, null, later(2000))).not.toBeNull();
  expect(await findSignedIn(two, null, later(2000))).toBeNull();
  await getDb().update(users).set({ disabled: true }).where(eq(users.id, user.id));
  expect(await findSignedIn(one, null, later(2000))).toBeNull();
});

test.each(["an\0na", "\ud800"])("a username that can't be stored is refused as invalid input: %j", async (username) => {
  const refused = signInLocally({ username, password }, client("192.0.2.200"), start);
  await expect(refused).rejects.toMatchObject({ code: "invalid_input", fields: [{ field: "username" }] });
});

test("signing in ends the session that the browser had, whoever it belongs to", async () => {
  const [first, second] = [await makeAccount(), await makeAccount()];
  const before = await signInLocally({ username: first.username, password }, first.from);
  const options = createAuthOptions({
    address: null,
    findSession: async () => before,
    findBrowser: () => null,
    onSignedIn: () => undefined,
    onRefused: () => undefined,
  });
  const [provider] = options.providers;
  const { authorize } = provider!.options as { authorize: (fields: object, request: object) => Promise<unknown> };
  await authorize({ username: second.username, password }, { headers: {} });
  const [row] = await getDb().select().from(sessions).where(eq(sessions.id, before.sessionId));
  expect(row?.revokedReason).toBe("signed in again");
});
