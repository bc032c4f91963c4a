import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { eq, sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { tokens } from "#drizzle/schema/tokens.ts";
import { setCredentialEnabled } from "#lib/oauth/credential-edits/set-enabled.ts";
import { updateCredential } from "#lib/oauth/credential-edits/update-credential.ts";
import type { CredentialInput } from "#lib/oauth/credentials/schema.ts";
import { getDb, getPool } from "#lib/platform/db/client.ts";
import { setUpTokenLimits } from "#scripts/set-up-token-limits.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { store, subjectOf, tester } from "#scripts/test-sandbox.ts";
import { raiseTokenLimits } from "#scripts/test-token-limits.ts";
import { killProcess, setUpTokenProcesses } from "#scripts/test-token-processes.ts";
import { describeClientOf, holdAnswers, issueToken, sendJson, setUpTokenServer } from "#scripts/test-token-server.ts";
import { waitFor } from "#scripts/wait-for.ts";
import { createTokenCache } from "./get-token.ts";
import { tokenWaits } from "./limits.ts";
import type { TokenSubject } from "./model.ts";
import { requestToken } from "./request-token.ts";
import { loadTokenState, takeLease } from "./store.ts";

setUpTestDatabase();
const server = setUpTokenServer();
// The last test kills one.
const processes = setUpTokenProcesses(3);
const cause = { cause: "test" };
const createCache = () => createTokenCache({ now: Date.now, random: Math.random, requestToken });
const production = { ...tokenWaits };
setUpTokenLimits();
beforeEach(raiseTokenLimits);

/** A credential whose tokens differ from each other. */
function add(name: string, overrides: Partial<CredentialInput> = {}) {
  server.answers.set(name, issueToken);
  return store(describeClientOf(server, name, overrides));
}
const countRequests = (name: string) => server.asked.get(name) ?? 0;

async function readLease(credentialId: string): Promise<number> {
  const [row] = await getDb().select().from(tokens).where(eq(tokens.credentialId, credentialId));
  return row!.leaseUntil!.getTime();
}
/**
 * @param fromNow an interval of Postgres.
 * @returns the lease's new end, ms.
 */
async function setLease(credentialId: string, fromNow: string): Promise<number> {
  const [row] = await getDb()
    .update(tokens)
    .set({ leaseUntil: sql`now() + ${fromNow}::interval` })
    .where(eq(tokens.credentialId, credentialId))
    .returning({ leaseUntil: tokens.leaseUntil });
  return row!.leaseUntil!.getTime();
}

/** Waits until so many processes have found that another one has a lease: they try to take it again and again. */
async function waitForWaiting(count: number): Promise<void> {
  const tries = new Map<string, Set<string>>();
  const { rows: clock } = await getDb().execute<{ now: string }>(sql`select now()::text as now`);
  await waitFor(async () => {
    const { rows } = await getDb().execute<{ name: string; at: string }>(sql`
      select application_name as name, query_start::text as at from pg_stat_activity
      where datname = current_database() and application_name like 'token process %'
        and query like '%insert into "tokens" (credential_id%' and query_start > ${clock[0]!.now}::timestamptz`);
    for (const { name, at } of rows) tries.set(name, (tries.get(name) ?? new Set()).add(at));
    expect([...tries.values()].filter(({ size }) => size > 1).length).toBeGreaterThanOrEqual(count);
  });
}

/** Whether a process is stopped by a signal. See proc_pid_stat(5). */
const isStopped = (pid: number) => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.startsWith("T");

test("a hundred callers in one process make one token request", async () => {
  const credential = await add("hundred");
  const cache = createCache();
  let queries = 0;
  const count = () => queries++;
  getPool().on("acquire", count);
  const issued = await Promise.all(Array.from({ length: 100 }, () => cache.getToken(subjectOf(credential), cause)));
  getPool().off("acquire", count);
  expect(queries).toBeLessThan(20);
  expect(new Set(issued.map(({ accessToken }) => accessToken)).size).toBe(1);
  expect(countRequests("hundred")).toBe(1);
});

test("ten callers in each of three processes make one token request, and another one after its end", async () => {
  const credential = await add("three", { provider: "entra" });
  const held = holdAnswers();
  server.answers.set("three", held.hold(issueToken));
  const asking = Promise.all(
    processes.flatMap(({ getToken }) => Array.from({ length: 10 }, () => getToken(subjectOf(credential)))),
  );
  await expect.poll(() => held.waiting.length).toBe(1);
  await waitForWaiting(2);
  held.release();
  const answers = await asking;
  expect(answers.every(({ accessToken }) => accessToken)).toBe(true);
  expect(new Set(answers.map(({ accessToken }) => accessToken)).size).toBe(1);
  expect(answers.some(({ source }) => source === "cache")).toBe(true);
  expect(countRequests("three")).toBe(1);
});

test("processes that wait while the provider refuses hear why, from one request", async () => {
  const credential = await add("refused", { provider: "entra" });
  const held = holdAnswers();
  server.answers.set("refused", held.hold(sendJson({ error: "invalid_client" }, 401)));
  const asking = Promise.all(processes.map(({ getToken }) => getToken(subjectOf(credential))));
  await expect.poll(() => held.waiting.length).toBe(1);
  await waitForWaiting(2);
  held.release();
  expect((await asking).map(({ code }) => code)).toEqual(Array(3).fill("token_request_refused"));
  expect(countRequests("refused")).toBe(1);
});

// `lib/platform/db/changes.db.test.ts` shows that each process looks for changes often enough.
test("an edit stops the old token on every other process within 2 s, whatever version they know", async () => {
  const credential = await add("edited");
  const askAll = (subject: TokenSubject) => Promise.all(processes.map(({ getToken }) => getToken(subject)));
  const versions = async (subject: TokenSubject) =>
    (await askAll(subject)).map(({ credentialVersion }) => credentialVersion);
  expect(await versions(subjectOf(credential))).toEqual([1, 1, 1]);
  const edited = await updateCredential(tester, credential.id, { version: 1, scope: "orders.write" });
  await expect.poll(() => versions(subjectOf(credential))).toEqual([2, 2, 2]);
  expect(await versions(subjectOf(edited))).toEqual([2, 2, 2]);
  await setCredentialEnabled(tester, credential.id, false);
  // One look is enough.
  await Promise.all(processes.map(({ lookForChanges }) => lookForChanges()));
  expect((await askAll(subjectOf(edited))).map(({ code }) => code)).toEqual(Array(3).fill("credential_disabled"));
});

test("a lease holds as long as its holder waits for the provider", async () => {
  const credential = await add("slow");
  const held = holdAnswers();
  server.answers.set("slow", held.hold(issueToken));
  tokenWaits.extendLeaseMs = 20;
  const asking = Promise.all(
    [createCache(), createCache()].map((cache) => cache.getToken(subjectOf(credential), cause)),
  );
  await expect.poll(() => held.waiting.length).toBe(1);
  for (let extensions = 0; extensions < 3; extensions++) {
    // It's extended before it ends, to as long as at first.
    const until = await setLease(credential.id, "5 minutes");
    await expect.poll(() => readLease(credential.id)).toBeGreaterThan(until + 60_000);
  }
  held.release();
  const issued = await asking;
  expect(issued[0]?.accessToken).toBe(issued[1]?.accessToken);
  expect(countRequests("slow")).toBe(1);
});

test("a process that slept through its lease takes the token that another one got meanwhile", async () => {
  const sleeper = processes[1]!;
  const credential = await add("sleeper");
  const held = holdAnswers();
  server.answers.set("sleeper", held.hold(issueToken));
  const answer = sleeper.getToken(subjectOf(credential));
  await expect.poll(() => held.waiting.length).toBe(1);
  sleeper.child.kill("SIGSTOP");
  await expect.poll(() => isStopped(sleeper.child.pid!)).toBe(true);
  server.answers.set("sleeper", issueToken);
  await setLease(credential.id, "-1 second");
  const token = await createCache().getToken(subjectOf(credential), cause);
  held.release();
  sleeper.child.kill("SIGCONT");
  expect(await answer).toMatchObject({ accessToken: token.accessToken });
  const rows = await getDb().select().from(tokens).where(eq(tokens.credentialId, credential.id));
  expect(rows).toMatchObject([{ generation: 1, leaseHolder: null }]);
});

test("others go on within 5 s when the process that asks is killed", async () => {
  const doomed = processes[0]!;
  const credential = await add("doomed");
  const held = holdAnswers();
  server.answers.set("doomed", held.hold(issueToken));
  // Never answers.
  void doomed.getToken(subjectOf(credential));
  await expect.poll(() => held.waiting.length).toBe(1);
  server.answers.set("doomed", issueToken);
  await killProcess(doomed.child);
  await setLease(credential.id, "-1 second");
  const token = await createCache().getToken(subjectOf(credential), cause);
  expect(token.source).toBe("acquired");

  // How long others wait for the lease to end.
  Object.assign(tokenWaits, production);
  const another = await add("another");
  const { subject } = await loadTokenState(another.id);
  expect(await takeLease(subject, randomUUID())).not.toBeNull();
  const { rows } = await getDb().execute<{ seconds: number }>(sql`
    select extract(epoch from lease_until - now())::float8 as seconds from ${tokens} where credential_id = ${another.id}`);
  expect(rows[0]!.seconds).toBeLessThanOrEqual(3);
});
