import { eq, inArray, lt, or, sql } from "drizzle-orm";
import { signInThrottles } from "#drizzle/schema/sign-in-throttles.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";

const minute = 60_000;
const firstBlockMs = 30_000;
const longestBlockMs = 15 * minute;
/** A counter is forgotten when this long nothing was tried after its last attempt or block. */
const forgetAfterMs = 15 * minute;

/** How many attempts are free; the last free one blocks for 30 s if it fails, each further failure twice as long. */
const freeAttempts = { account: 5, browser: 5, password: 5, second_factor: 5, address: 30, webhook: 20 };
export type ThrottleKind = keyof typeof freeAttempts;
/** A browser that signed in before waits this long after its free attempts, each further time twice as long. */
const firstDelayMs = 1000;
const longestDelayMs = 30_000;

/** Names an account at a network: failures at one network don't count at another. @param account ID, or what stands for one. */
export function nameAtNetwork(account: string, address: string): string {
  return `${account}/${networkOf(address)}`;
}

/**
 * Counts an attempt before it is made, so that attempts sent at once, to any process, can't outrun the counter. Call
 * `releaseAttempt` or `clearAttempts` when it turns out right.
 * @param name the client's address, or of the account, browser, or webhook.
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

/**
 * Counts an attempt of a browser that signed in before. After its free attempts it isn't refused but gets a turn, one after
 * the other, so that sending attempts concurrently doesn't help.
 * @returns how long to wait for the turn, in ms.
 * @throws AppError `too_many_attempts` when too many of its own attempts wait already.
 */
export async function takeTurn(name: string, now = new Date()): Promise<number> {
  const key = throttleKey("browser", name);
  const table = signInThrottles;
  const since = sql`coalesce(${table.blockedUntil}, ${table.lastAttemptAt})`;
  const count = sql`(case when ${since} < ${new Date(now.getTime() - forgetAfterMs)} then 1 else ${table.failures} + 1 end)`;
  const delayMs = sql`(case when ${count} < ${freeAttempts.browser} then 0
    else least(${firstDelayMs} * power(2, least(${count} - ${freeAttempts.browser}, 20)), ${longestDelayMs}) end)`;
  const turn = sql`greatest(coalesce(${table.blockedUntil}, ${now}::timestamptz), ${now}::timestamptz)`;
  const [counted] = await getDb()
    .insert(table)
    .values({ key, failures: 1, lastAttemptAt: now, blockedUntil: null })
    .onConflictDoUpdate({
      target: table.key,
      set: {
        failures: count,
        lastAttemptAt: now,
        blockedUntil: sql`${turn} + ${delayMs} * interval '1 millisecond'`,
      },
      setWhere: sql`${turn} <= ${new Date(now.getTime() + longestDelayMs)}`,
    })
    .returning({ failures: table.failures, blockedUntil: table.blockedUntil });
  if (!counted) throw await refusal(key, now);
  const { failures, blockedUntil } = counted;
  if (blockedUntil === null) return 0;
  const over = failures - freeAttempts.browser;
  const delay = over < 0 ? 0 : Math.min(firstDelayMs * 2 ** over, longestDelayMs);
  return Math.max(0, blockedUntil.getTime() - delay - now.getTime());
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

/** Deletes the counter of a name: it signed in. */
export async function clearAttempts(kind: ThrottleKind, name: string): Promise<void> {
  await getDb()
    .delete(signInThrottles)
    .where(eq(signInThrottles.key, throttleKey(kind, name)));
}

/**
 * Lifts all blocks of an account, at every network and in every browser.
 * @param addresses whether to lift those of addresses too.
 */
export async function clearAccount(userId: string, { addresses = false } = {}): Promise<void> {
  const { key } = signInThrottles;
  const startsWith = (prefix: string) => sql`starts_with(${key}, ${prefix})`;
  await getDb()
    .delete(signInThrottles)
    .where(
      or(
        inArray(key, [`second_factor:${userId}`, `password:${userId}`]),
        startsWith(`account:${userId}/`),
        startsWith(`browser:${userId}/`),
        addresses ? startsWith("address:") : undefined,
      ),
    );
}

/** Removes counters that no longer count, for the worker. */
export async function deleteStaleThrottles(now = new Date()): Promise<void> {
  await getDb()
    .delete(signInThrottles)
    .where(lt(signInThrottles.lastAttemptAt, new Date(now.getTime() - 24 * 60 * minute)));
}

function throttleKey(kind: ThrottleKind, name: string): string {
  return `${kind}:${kind === "address" ? networkOf(name) : name.slice(0, 400)}`;
}

/** Reduces an IPv6 address to its /64, which is what one client has to itself. */
function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter(Boolean);
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(":").filter(Boolean).length;
  const all = [...groups, ...Array<string>(Math.max(0, missing)).fill("0"), ...(tail ?? "").split(":").filter(Boolean)];
  return `${all.slice(0, 4).join(":")}::/64`;
}
