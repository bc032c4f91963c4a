import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { asc, eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { insertManyCredentials } from "#scripts/many-credentials.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { currentTokenAad, loadTokenState, openToken, takeLease } from "../store.ts";
import { storeSuccess } from "./store-success.ts";

setUpTestDatabase();

const at = new Date("2026-05-01T10:00:00Z");
const times = { acquiredAt: at.getTime(), renewAt: at.getTime() + 3_000_000, expiresAt: at.getTime() + 3_600_000 };

/** Runs out of the transaction that a test is in, where `getDb` refuses. */
const outside = AsyncLocalStorage.snapshot();

/** A success of one of the credentials, with its lease in hand. */
async function prepare(id: string) {
  const state = await loadTokenState(id);
  const { subject } = state;
  const leaseHolder = randomUUID();
  expect(await takeLease(subject, leaseHolder)).toEqual({ generation: 0, retryAt: null });
  const event = {
    ...{ credentialId: id, credentialVersion: subject.version, kind: "token_request" as const, cause: "renewal" },
    ...{ outcome: "succeeded" as const, durationMs: 12.4, at, tokenExpiresAt: new Date(times.expiresAt) },
  };
  const status = { status: "active", statusReason: "", checkedAt: at };
  const token = { accessToken: `token of ${id}`, aad: currentTokenAad(state), times };
  return { subject, leaseHolder, ...token, ...status, event };
}

test("of successes that share a statement each is stored or thrown away by its own credential and lease", async () => {
  const ids = await insertManyCredentials(4, "https://idp.example.com/token");
  const [kept, edited, overtaken, deleted] = ids as [string, string, string, string];
  const successes = await Promise.all(ids.map(prepare));
  await getDb().update(credentials).set({ version: 2 }).where(eq(credentials.id, edited));
  await getDb().update(tokens).set({ leaseHolder: randomUUID() }).where(eq(tokens.credentialId, overtaken));
  await getDb().delete(credentials).where(eq(credentials.id, deleted));

  expect(await Promise.all(successes.map(storeSuccess))).toEqual([1, null, null, null]);

  const state = await loadTokenState(kept);
  expect(openToken(state, state.token!.envelope)).toBe(`token of ${kept}`);
  expect(state.token).toMatchObject({ generation: 1, ...times });
  expect((await loadTokenState(edited)).token).toBeNull();
  expect((await loadTokenState(overtaken)).token).toBeNull();
  const rows = await getDb()
    .select({ id: credentials.id, checkedAt: credentials.lastCheckedAt, nextCheckAt: credentials.nextCheckAt })
    .from(credentials)
    .where(eq(credentials.lastCheckedAt, at));
  expect(rows.map(({ id }) => id).sort()).toEqual([kept, overtaken].sort());
  const events = await getDb().select().from(credentialEvents).orderBy(asc(credentialEvents.id));
  expect(
    events.map(({ credentialId, durationMs, description }) => ({ credentialId, durationMs, description })),
  ).toEqual(
    expect.arrayContaining([
      { credentialId: kept, durationMs: 12, description: null },
      { credentialId: edited, durationMs: 12, description: expect.stringContaining("was changed meanwhile") },
      { credentialId: overtaken, durationMs: 12, description: expect.stringContaining("another process had gone on") },
    ]),
  );
  expect(events).toHaveLength(3);
});

test("leases that are asked for together are given to one holder each", async () => {
  const ids = await insertManyCredentials(20, "https://idp.example.com/token");
  const subjects = await Promise.all(ids.map(async (id) => (await loadTokenState(id)).subject));
  const holders = [randomUUID(), randomUUID(), randomUUID()];
  const asked = await Promise.all(
    holders.flatMap((holder) => subjects.map(async (subject) => ({ holder, lease: await takeLease(subject, holder) }))),
  );
  expect(asked.filter(({ lease }) => lease !== null)).toHaveLength(ids.length);
  const { rows } = await getDb().execute<{ holders: number }>(
    sql`select count(*)::int as holders from ${tokens} where lease_holder is not null and credential_id = any(${sql.param(ids)}::uuid[])`,
  );
  expect(rows[0]!.holders).toBe(ids.length);
});

test("a success waits for an edit of its credential that is under way, and the others for nothing of it", async () => {
  const [slow, quick] = (await insertManyCredentials(2, "https://idp.example.com/token")) as [string, string];
  const successes = await Promise.all([slow, quick].map(prepare));
  const stored = await inTransaction(async (tx) => {
    await tx.update(credentials).set({ version: 2 }).where(eq(credentials.id, slow));
    const waits = outside(() => storeSuccess(successes[0]!));
    await new Promise(setImmediate);
    return { waits, quick: await outside(() => storeSuccess(successes[1]!)) };
  });
  expect(stored.quick).toBe(1);
  expect(await stored.waits).toBeNull();
});
