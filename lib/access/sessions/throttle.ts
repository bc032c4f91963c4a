import { eq, lt, sql } from "drizzle-orm";
import { signInThrottles } from "#drizzle/schema/sign-in-throttles.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";

const minute = 60_000;
const firstBlockMs = 30_000;
const longestBlockMs = 15 * minute;
/** A counter is forgotten when this long nothing was tried after its last attempt or block. */
const forgetAfterMs = 15 * minute;

/** How many attempts are free; the last free one blocks for 30 s if it fails, each further failure twice as long. */
const freeAttempts = { account: 5, password: 5, second_factor: 5, address: 30, webhook: 20 };
export type ThrottleKind = keyof typeof freeAttempts;

/**
 * Counts an attempt before it is made, so that attempts sent at once, to any process, can't outrun the counter. Call
 * `releaseAttempt` or `clearAttempts` when it turns out right.
 * @param name of the account (any case) or the client's address.
 * @throws AppError `too_many_attempts` with `details.retryAfterSeconds`; a refused attempt is not counted.
 */
export async function takeAttempt(kind: ThrottleKind, name: string, now = new Date()): Promise<void> {
  const key = throttleKey(kind, name);
  const table = signInThrottles;
  const since = sql`coalesce(${table.blockedUntil}, ${table.lastAttemptAt})`;
  const count = sql`(case when ${since} < ${new Date(now.getTime() - forgetAfterMs)} then 1 else ${table.failures} + 1 end)`;
  const blockMs = sql`least(${firstBlockMs} * power(2, least(${count} - ${freeAttempts[kind]}, 20)), ${longestBlockMs})`;
  const counted = await getDb()
    .insert(table)
    .values({ key, failures: 1, lastAttemptAt: now, blockedUntil: null })
    .onConflictDoUpdate({
      target: table.key,
      set: {
        failures: count,
        lastAttemptAt: now,
        blockedUntil: sql`case when ${count} >= ${freeAttempts[kind]} then ${now}::timestamptz + ${blockMs} * interval '1 millisecond' end`,
      },
      setWhere: sql`${table.blockedUntil} is null or ${table.blockedUntil} <= ${now}`,
    })
    .returning({ key: table.key });
  if (counted.length === 0) throw await refusal(key, now);
}

async function refusal(key: string, now: Date): Promise<AppError> {
  const [row] = await getDb().select().from(signInThrottles).where(eq(signInThrottles.key, key));
  const leftMs = Math.max(1000, (row?.blockedUntil?.getTime() ?? 0) - now.getTime());
  const retryAfterSeconds = Math.ceil(leftMs / 1000);
  return new AppError("too_many_attempts", `Too many failed attempts. Try again in ${inWords(retryAfterSeconds)}.`, {
    retryable: true,
    details: { retryAfterSeconds },
  });
}

/** `45 seconds`, `1 minute`, `3 minutes` (rounded up). */
export function inWords(seconds: number): string {
  if (seconds < 60) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}

/** Takes one counted attempt back, and the block that it caused: it was right. */
export async function releaseAttempt(kind: ThrottleKind, name: string): Promise<void> {
  await getDb()
    .update(signInThrottles)
    .set({ failures: sql`greatest(${signInThrottles.failures} - 1, 0)`, blockedUntil: null })
    .where(eq(signInThrottles.key, throttleKey(kind, name)));
}

/** Forgets what was counted for a name: it signed in, or an admin reset the password. */
export async function clearAttempts(kind: ThrottleKind, name: string): Promise<void> {
  await getDb()
    .delete(signInThrottles)
    .where(eq(signInThrottles.key, throttleKey(kind, name)));
}

/** Removes counters that no longer count, for the worker. */
export async function deleteStaleThrottles(now = new Date()): Promise<void> {
  await getDb()
    .delete(signInThrottles)
    .where(lt(signInThrottles.lastAttemptAt, new Date(now.getTime() - 24 * 60 * minute)));
}

/** One key per account whatever the case, and per address; of IPv6 the /64, which is what one client has to itself. */
function throttleKey(kind: ThrottleKind, name: string): string {
  const text = name.normalize("NFKC").toLowerCase().slice(0, 200);
  return `${kind}:${kind === "address" ? networkOf(text) : text}`;
}

function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter(Boolean);
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(":").filter(Boolean).length;
  const all = [...groups, ...Array<string>(Math.max(0, missing)).fill("0"), ...(tail ?? "").split(":").filter(Boolean)];
  return `${all.slice(0, 4).join(":")}::/64`;
}
