import { setTimeout as wait } from "node:timers/promises";
import { and, eq, isNull, sql } from "drizzle-orm";
import { users } from "#drizzle/schema/users.ts";
import { findSecondFactor, takeSecondFactor } from "#lib/access/second-factor/verify-second-factor.ts";
import { type Client, createSession, endSession } from "#lib/access/sessions/sessions.ts";
import {
  clearAttempts,
  nameAtNetwork,
  releaseAttempt,
  type ThrottleKind,
  takeAttempt,
  takeTurn,
} from "#lib/access/sessions/throttle.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { requireStorable } from "#lib/platform/db/storable.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { maxPasswordLength } from "../password-rules.ts";
import { hashPassword, needsRehash, verifyPassword } from "../passwords/password-hash.ts";

/**
 * Signs a local account in: counts the attempt, checks the password and the second factor if there is one, makes the
 * session. An unknown username costs the same time and gets the same answer as a wrong password.
 * @param input.replaces the session that this browser had: it ends, whoever it belongs to.
 * @param input.findBrowser the ID of this browser if the account signed in there before, else null.
 * @param input.code of the authenticator app, or a recovery code; empty = none yet.
 * @throws AppError `second_factor_required` and `wrong_code` (told only to who knows the password), `too_many_attempts` (details.retryAfterSeconds), `wrong_password`, `forbidden` for a disabled account
 *   (said only to who knows the password), `local_sign_in_off` when passwords are turned off on purpose.
 */
export async function signInLocally(
  input: {
    username: string;
    password: string;
    code?: string;
    replaces?: string | null;
    findBrowser?: (userId: string) => string | null;
  },
  client: Client,
  now = new Date(),
  pause: (ms: number) => Promise<unknown> = wait,
): Promise<{ userId: string; username: string; sessionId: string; sessionToken: string }> {
  if (getEnv().SALLYPORT_LOCAL_SIGN_IN === "off") {
    throw new AppError("local_sign_in_off", "Signing in with a password is turned off here.", {
      hint: "Sign in with your identity provider. Who runs Sallyport can turn passwords on again (SALLYPORT_LOCAL_SIGN_IN).",
    });
  }
  requireStorable(input.username, "username");
  const username = input.username.trim();
  const address = client.address || "unknown";
  const [user, folded] = await Promise.all([findLocalUser(username), foldName(username)]);
  const account = user?.id ?? `name:${folded}`;
  const browser = (user && input.findBrowser?.(user.id)) ?? null;
  const counters: Counter[] =
    browser === null
      ? [
          ["address", address],
          ["account", nameAtNetwork(account, address)],
        ]
      : [["browser", `${account}/${browser}`]];
  for (const [kind, name] of counters) {
    if (kind !== "browser") await takeAttempt(kind, name, now);
    else await pause(await takeTurn(name, now));
  }
  const fits = await verifyPassword(user?.passwordHash ?? null, input.password.slice(0, maxPasswordLength * 4));
  if (!user?.passwordHash || !fits) {
    getLog().info({ address, userId: user?.id ?? null }, "a sign-in was refused");
    throw new AppError("wrong_password", "Username or password is wrong.");
  }
  if (user.disabled) {
    throw new AppError("forbidden", "This account is disabled.", { hint: "Ask an admin to enable it." });
  }
  const mfaMethod = await checkSecondFactor(user.id, counters, input.code ?? "", now);
  if (needsRehash(user.passwordHash)) await rehash(user, input.password);
  const session = await inTransaction(async (tx) => {
    if (input.replaces) await endSession(tx, input.replaces, "signed in again", now);
    await tx.update(users).set({ lastSignInAt: now }).where(eq(users.id, user.id));
    const created = await createSession(tx, { userId: user.id, method: "local", client, now, mfaMethod });
    const actor = { kind: "user", id: user.id, name: user.username, sessionId: created.id } as const;
    const target = { kind: "session", id: created.id, name: user.username };
    await recordAudit(
      tx,
      { actor, address: client.address || null },
      { action: "session.create", target, after: { mfa: mfaMethod } },
    );
    return created;
  });
  for (const [kind, name] of counters) {
    if (kind === "address") await releaseAttempt(kind, name);
    else await clearAttempts(kind, name);
  }
  return { userId: user.id, username: user.username, sessionId: session.id, sessionToken: session.token };
}

/**
 * Takes the second factor of an account that has one; null when it has none. Being asked for a code is no failed attempt;
 * a wrong code is one.
 */
async function checkSecondFactor(userId: string, counters: readonly Counter[], code: string, now: Date) {
  if (!(await findSecondFactor(getDb(), userId))) return null;
  if (code.trim() === "") {
    for (const [kind, name] of counters) await releaseAttempt(kind, name);
    throw new AppError("second_factor_required", "This account has a second factor.", {
      hint: "Enter the code that the authenticator app shows.",
    });
  }
  return takeSecondFactor(userId, code.slice(0, 100), now);
}

/** What counts an attempt: the account at its network and the address, or the browser alone if it signed in before. */
type Counter = [kind: ThrottleKind, name: string];

/** Folds a name as the database compares names, so that all spellings of an unknown one count together. */
async function foldName(username: string): Promise<string> {
  const { rows } = await getDb().execute<{ name: string }>(sql`select lower(${username.slice(0, 200)}) as name`);
  return rows[0]!.name;
}

/** Hashes a right password anew when the parameters have changed since; not while it was changed meanwhile. */
async function rehash(user: { id: string; passwordHash: string | null }, password: string): Promise<void> {
  if (user.passwordHash === null) return;
  const passwordHash = await hashPassword(password);
  await getDb()
    .update(users)
    .set({ passwordHash })
    .where(and(eq(users.id, user.id), eq(users.passwordHash, user.passwordHash)));
}

/** A local account by its name in any case, with its password hash; null when there is none. */
async function findLocalUser(username: string) {
  const [user] = await getDb()
    .select({ id: users.id, username: users.username, passwordHash: users.passwordHash, disabled: users.disabled })
    .from(users)
    .where(and(eq(sql`lower(${users.username})`, sql`lower(${username})`), isNull(users.issuer)));
  return user ?? null;
}
