import { eq } from "drizzle-orm";
import { afterEach, expect, test } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import { startTask } from "#lib/platform/background/task.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { insertManyCredentials } from "#scripts/many-credentials.ts";
import { setUpTokenLimits } from "#scripts/set-up-token-limits.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { genericInput, readRow, setUpSandbox, store, subjectOf } from "#scripts/test-sandbox.ts";
import { getToken } from "./get-token.ts";
import { claimDue, createTokenRenewal } from "./renew-due.ts";
import { deleteOldTokens } from "./store.ts";

setUpTestDatabase({ SALLYPORT_TOKEN_REQUESTS_PER_HOST: "200" });
setUpTokenLimits();
const sandbox = setUpSandbox();
const cause = { cause: "test" };
const past = () => new Date(Date.now() - 60_000);
const set = (id: string, values: Partial<typeof credentials.$inferInsert>) =>
  getDb().update(credentials).set(values).where(eq(credentials.id, id));
afterEach(() => getDb().delete(credentials));

test("several workers never claim the same credential", async () => {
  const now = Date.now();
  const ids = await insertManyCredentials(20, "https://idp.example.com/token");
  // Who comes to a row that another has just claimed goes without it: there may be some left for the next round.
  const claimed: string[] = [];
  const claimAll = async () => {
    for (let found = 1; found > 0; ) {
      const rows = await claimDue(8, now);
      claimed.push(...rows.map(({ id }) => id));
      found = rows.length;
    }
  };
  await Promise.all(Array.from({ length: 5 }, claimAll));
  await claimAll();
  expect(claimed.sort()).toEqual([...ids].sort());
  // A worker that died with them in hand: they are due again after a minute.
  expect(await claimDue(100, now + 59_999)).toEqual([]);
  expect((await claimDue(100, now + 60_000)).map(({ id }) => id).sort()).toEqual([...ids].sort());
});

test("what is not due, disabled, of type User, or was saved just now is left alone", async () => {
  const now = Date.now();
  const due = { nextCheckAt: past(), updatedAt: past() };
  const later = await store(genericInput(sandbox.current));
  await set(later.id, { ...due, nextCheckAt: new Date(now + 1) });
  const disabled = await store(genericInput(sandbox.current));
  await set(disabled.id, { ...due, enabled: false });
  const user = await store(genericInput(sandbox.current));
  await set(user.id, { ...due, type: "user" });
  const saved = await store(genericInput(sandbox.current));
  await set(saved.id, { nextCheckAt: past(), updatedAt: new Date(now - 1999) });
  expect(await claimDue(100, now)).toEqual([]);
  expect((await claimDue(100, now + 1)).map(({ id }) => id).sort()).toEqual([later.id, saved.id].sort());
});

test("a worker renews what is due, and repairs the status when the provider is back", async () => {
  const failed = await store(genericInput(sandbox.current));
  await sandbox.current.control.setFault({ mode: "status", status: 503 });
  await expect(Promise.resolve(getToken(subjectOf(failed), cause))).rejects.toThrow();
  expect((await readRow(failed.id)).status).toBe("degraded");
  await sandbox.current.control.clearFaults();
  // Its backoff is over.
  await set(failed.id, { nextCheckAt: past() });
  await getDb().update(tokens).set({ retryAt: past() }).where(eq(tokens.credentialId, failed.id));

  const due = await store(genericInput(sandbox.current));
  await getToken(subjectOf(due), cause);
  await set(due.id, { nextCheckAt: past() });
  await getDb().update(tokens).set({ renewAt: past() }).where(eq(tokens.credentialId, due.id));

  const workers = [1, 2].map(() =>
    startTask({ name: "renew", everyMs: 1000, failure: "tokens were not renewed", ...createTokenRenewal().renew }),
  );
  const row = () => readRow(failed.id);
  await expect.poll(async () => (await row()).status).toBe("active");
  const generation = async () =>
    (await getDb().select().from(tokens).where(eq(tokens.credentialId, due.id)))[0]?.generation;
  await expect.poll(generation).toBe(2);
  await Promise.all(workers.map((worker) => worker.stop()));
  const { total } = await sandbox.current.control.countTokenRequests({ clientId: due.clientId });
  // One that failed, its repair, the first token and its renewal.
  expect(total).toBe(4);
});

test("tokens of old versions and of disabled credentials are deleted, current ones stay", async () => {
  const credential = await store(genericInput(sandbox.current));
  await getToken(subjectOf(credential), cause);
  const [row] = await getDb().select().from(tokens).where(eq(tokens.credentialId, credential.id));
  await getDb()
    .insert(tokens)
    .values({ ...row!, credentialVersion: 0 });
  await deleteOldTokens(getDb(), Date.now());
  const left = eq(tokens.credentialId, credential.id);
  expect(await getDb().select().from(tokens).where(left)).toMatchObject([{ credentialVersion: 1 }]);
  await set(credential.id, { enabled: false });
  await deleteOldTokens(getDb(), Date.now());
  expect(await getDb().select().from(tokens).where(left)).toEqual([]);
});
