import { eq } from "drizzle-orm";
import { Secret, TOTP } from "otpauth";
import { expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { sessions } from "#drizzle/schema/sessions.ts";
import { totpFactors } from "#drizzle/schema/totp-factors.ts";
import { userRoles } from "#drizzle/schema/user-roles.ts";
import { users } from "#drizzle/schema/users.ts";
import { type Context, systemContext } from "#lib/access/permissions/context.ts";
import type { Role } from "#lib/access/permissions/permissions.ts";
import { getMfaPolicy, setMfaPolicy } from "#lib/access/sessions/mfa-policy.ts";
import { findSignedIn } from "#lib/access/sessions/sessions.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { signInLocally } from "./local/sign-in-locally.ts";
import { hashPassword } from "./passwords/password-hash.ts";
import {
  beginTotp,
  confirmTotp,
  removeOwnSecondFactor,
  renewRecoveryCodes,
  resetSecondFactor,
} from "./second-factor.ts";

setUpTestDatabase();

const start = new Date("2026-03-01T08:00:00Z");
const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const password = "a password of some length";
/** Hashed once: that's slow on purpose. */
const passwordHash = await hashPassword(password);
const admin = systemContext("test");
let made = 0;

async function makeAccount(role: Role = "operator") {
  made += 1;
  const username = `Anna${made}`;
  const [user] = await getDb().insert(users).values({ username, passwordHash }).returning();
  await getDb().insert(userRoles).values({ userId: user!.id, role, nodeId: null });
  const from = { address: `192.0.2.${made}`, userAgent: "test" };
  const signIn = (code: string, at: Date) => signInLocally({ username, password, code }, from, at);
  const contextOf = async (sessionId: string, at: Date): Promise<Context> =>
    (await findSignedIn(sessionId, null, at))!.ctx;
  return { user: user!, username, from, signIn, contextOf };
}

const codeAt = (secret: string, at: Date) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at.getTime() });

/** An account with an authenticator app, set up at `start`; the session that did it. */
async function enrol(role?: Role) {
  const account = await makeAccount(role);
  const { sessionId } = await account.signIn("", start);
  const ctx = await account.contextOf(sessionId, start);
  const { secret, uri } = await beginTotp(ctx, { currentPassword: password }, start);
  const { recoveryCodes } = await confirmTotp(ctx, { code: codeAt(secret, start) }, start);
  return { ...account, ctx, sessionId, secret, uri, recoveryCodes };
}

test("an authenticator app is asked for after the password, and only then", async () => {
  const { secret, uri, username, from, signIn, contextOf } = await enrol();
  expect(uri).toContain(`otpauth://totp/Sallyport:${username}?issuer=Sallyport`);
  await expect(signIn("", later(60))).rejects.toMatchObject({ code: "second_factor_required" });
  const wrong = signInLocally({ username, password: "wrong", code: codeAt(secret, later(60)) }, from, later(60));
  await expect(wrong).rejects.toMatchObject({ code: "wrong_password" });
  await expect(signIn("000000", later(60))).rejects.toMatchObject({ code: "wrong_code" });
  const { sessionId } = await signIn(codeAt(secret, later(60)), later(60));
  expect(await findSignedIn(sessionId, null, later(60))).toMatchObject({
    session: { mfa: true, mfaMethod: "totp" },
  });
  expect((await contextOf(sessionId, later(60))).actor).toMatchObject({ name: username });
});

test("being asked for a code is no failed attempt", async () => {
  const { secret, signIn } = await enrol();
  for (let n = 0; n < 8; n += 1) {
    await expect(signIn("", later(60))).rejects.toMatchObject({ code: "second_factor_required" });
  }
  await signIn(codeAt(secret, later(60)), later(60));
});

test("a code works once, also when it is sent many times at once, and never an earlier one after it", async () => {
  const { secret, signIn } = await enrol();
  const code = codeAt(secret, later(90));
  const answers = await Promise.allSettled([1, 2, 3, 4].map(() => signIn(code, later(90))));
  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await expect(signIn(codeAt(secret, later(60)), later(90))).rejects.toMatchObject({ code: "wrong_code" });
  await signIn(codeAt(secret, later(120)), later(120));
});

test("a phone's clock may be half a minute off, not more", async () => {
  const { secret, signIn } = await enrol();
  await signIn(codeAt(secret, later(90)), later(120));
  await expect(signIn(codeAt(secret, later(180)), later(120))).rejects.toMatchObject({ code: "wrong_code" });
});

test("the code that confirmed the app can't sign in any more", async () => {
  const { secret, signIn } = await enrol();
  await expect(signIn(codeAt(secret, start), later(5))).rejects.toMatchObject({ code: "wrong_code" });
});

test("five wrong codes block the account's second factor, whatever the address", async () => {
  const { secret, username } = await enrol();
  const codes: string[] = [];
  for (let n = 1; n <= 6; n += 1) {
    const from = { address: `198.51.100.${n}`, userAgent: "test" };
    const attempt = signInLocally({ username, password, code: "000000" }, from, later(60));
    codes.push(await attempt.then(() => "in").catch((err) => err.code));
  }
  expect(codes).toEqual([...Array(5).fill("wrong_code"), "too_many_attempts"]);
  const from = { address: "198.51.100.50", userAgent: "test" };
  const right = signInLocally({ username, password, code: codeAt(secret, later(60)) }, from, later(60));
  await expect(right).rejects.toMatchObject({ code: "too_many_attempts" });
});

test("each recovery code works once, however it is written; new ones end the old ones", async () => {
  const { signIn, recoveryCodes, ctx } = await enrol();
  expect(new Set(recoveryCodes).size).toBe(10);
  const [first, second] = recoveryCodes as [string, string];
  const { sessionId } = await signIn(` ${first.toUpperCase().replaceAll("-", " ")} `, later(60));
  const [row] = await getDb().select().from(sessions).where(eq(sessions.id, sessionId));
  expect(row).toMatchObject({ mfa: true, mfaMethod: "recovery code" });
  await expect(signIn(first, later(61))).rejects.toMatchObject({ code: "wrong_code" });
  const renewed = await renewRecoveryCodes(ctx, { currentPassword: password }, later(62));
  await expect(signIn(second, later(63))).rejects.toMatchObject({ code: "wrong_code" });
  await signIn(renewed.recoveryCodes[0]!, later(64));
});

test("the secret and the codes are stored so that the database alone gives neither", async () => {
  const { user, secret, recoveryCodes } = await enrol();
  const rows = await getDb().execute(
    `select (select json_agg(f) from totp_factors f)::text || (select json_agg(c) from recovery_codes c)::text || (select json_agg(a) from audit_records a)::text as all`,
  );
  const text = String(rows.rows[0]?.all);
  expect(text).toContain(user.id);
  for (const each of [secret, ...recoveryCodes, ...recoveryCodes.map((code) => code.replaceAll("-", ""))]) {
    expect(text).not.toContain(each);
  }
});

test("setting up needs the password and a code of the app, and ends the other sessions", async () => {
  const { user, signIn, contextOf } = await makeAccount();
  const other = (await signIn("", start)).sessionId;
  const ctx = await contextOf((await signIn("", start)).sessionId, start);
  const refused = beginTotp(ctx, { currentPassword: "wrong" }, start);
  await expect(refused).rejects.toMatchObject({ code: "wrong_password", fields: [{ field: "currentPassword" }] });
  const { secret } = await beginTotp(ctx, { currentPassword: password }, start);
  await expect(confirmTotp(ctx, { code: "000000" }, start)).rejects.toMatchObject({ code: "wrong_code" });
  // Until it is confirmed, the password alone signs in.
  await signIn("", start);
  await confirmTotp(ctx, { code: codeAt(secret, start) }, start);
  expect(await findSignedIn(other, null, later(1))).toBeNull();
  await expect(beginTotp(ctx, { currentPassword: password }, start)).rejects.toMatchObject({ code: "conflict" });
  const records = await getDb().select().from(auditRecords).where(eq(auditRecords.targetId, user.id));
  expect(records).toMatchObject([{ action: "user.set_second_factor", after: { kind: "totp", sessionsEnded: 2 } }]);
});

test("removing one's own needs the password; an admin's removal ends the sessions", async () => {
  const { user, ctx, sessionId, signIn } = await enrol();
  await expect(removeOwnSecondFactor(ctx, { currentPassword: "wrong" }, later(60))).rejects.toMatchObject({
    code: "wrong_password",
  });
  await removeOwnSecondFactor(ctx, { currentPassword: password }, later(60));
  expect((await findSignedIn(sessionId, null, later(60)))?.session.mfa).toBe(false);
  await signIn("", later(60));
  await expect(resetSecondFactor(admin, user.id)).rejects.toMatchObject({ code: "conflict" });

  const lost = await enrol();
  // Sessions end at the time of the real clock, so this one must still be running then.
  await getDb()
    .update(sessions)
    .set({ expiresAt: new Date(Date.now() + 3_600_000), lastSeenAt: new Date() })
    .where(eq(sessions.id, lost.sessionId));
  await resetSecondFactor(admin, lost.user.id);
  expect(await findSignedIn(lost.sessionId, null)).toBeNull();
  await lost.signIn("", later(60));
});

test("a role that demands a second factor counts for nothing in a session without one, with the next request", async () => {
  const plain = await makeAccount("engineer");
  const { sessionId } = await plain.signIn("", start);
  const withFactor = await enrol("engineer");
  const operator = await makeAccount("operator");
  const untouched = (await operator.signIn("", start)).sessionId;
  const before = await findSignedIn(sessionId, null, start);
  expect(before).toMatchObject({ missingFactor: [], ctx: { grants: [{ role: "engineer" }] } });

  const policy = await setMfaPolicy(admin, { requiredFor: ["engineer"] });
  expect(policy.roles.find(({ role }) => role === "engineer")).toMatchObject({ demanded: true, without: 1 });
  const held = await findSignedIn(sessionId, null, later(1));
  expect(held).toMatchObject({ missingFactor: ["engineer"], ctx: { grants: [] } });
  expect(await findSignedIn(withFactor.sessionId, null, later(1))).toMatchObject({
    missingFactor: [],
    ctx: { grants: [{ role: "engineer" }] },
  });
  expect(await findSignedIn(untouched, null, later(1))).toMatchObject({
    missingFactor: [],
    ctx: { grants: [{ role: "operator" }] },
  });

  const { secret } = await beginTotp(held!.ctx, { currentPassword: password }, later(2));
  await confirmTotp(held!.ctx, { code: codeAt(secret, later(2)) }, later(2));
  expect(await findSignedIn(sessionId, null, later(3))).toMatchObject({
    missingFactor: [],
    ctx: { grants: [{ role: "engineer" }] },
  });
  await setMfaPolicy(admin, { requiredFor: [] });
  expect((await getMfaPolicy(admin)).requiredFor).toEqual([]);
});

test("only admins for all nodes decide which roles demand it", async () => {
  const engineer: Context = { ...admin, grants: [{ role: "engineer", nodeId: null }] };
  await expect(setMfaPolicy(engineer, { requiredFor: [] })).rejects.toMatchObject({ code: "forbidden" });
  await expect(getMfaPolicy(engineer)).rejects.toMatchObject({ code: "forbidden" });
  await expect(resetSecondFactor(engineer, "01900000-0000-7000-8000-000000000000")).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("a secret of one user can't be put into another's row", async () => {
  const mine = await enrol();
  const theirs = await enrol();
  const [stolen] = await getDb().select().from(totpFactors).where(eq(totpFactors.userId, mine.user.id));
  await getDb()
    .update(totpFactors)
    .set({ secretEnvelope: stolen!.secretEnvelope })
    .where(eq(totpFactors.userId, theirs.user.id));
  await expect(theirs.signIn(codeAt(mine.secret, later(60)), later(60))).rejects.toMatchObject({
    code: "secret_unreadable",
  });
});
