import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { eq, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { sessions } from "#drizzle/schema/sessions.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { leaseMs as renewalLeaseMs } from "#lib/oauth/sign-in/renewing/renew-session.ts";
import { openSessionTokens, sealSessionTokens } from "#lib/oauth/sign-in/renewing/session-tokens.ts";
import { tokenWaits } from "#lib/oauth/tokens/limits.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { CLIENTS } from "#sandbox/clients.ts";
import { PEOPLE } from "#sandbox/people.ts";
import { killProcess } from "#scripts/kill-process.ts";
import { openTestBrowser } from "#scripts/test-browser.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { endRenewalLease, stretchRenewalLeases } from "#scripts/test-leases.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { type Pgbouncer, startPgbouncer } from "#scripts/test-pgbouncer.ts";
import { findProgram } from "#scripts/test-programs.ts";
import { destinationOf, entraInput, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { startEchoService } from "#scripts/test-services.ts";
import { genericProfile, serveSignIn, whoIs } from "#scripts/test-sign-in.ts";

// A thousand callers run a trigger on four processes at once, at a real provider and a real service over sockets. Two processes are
// directly on Postgres, two behind pgbouncer in transaction mode. One token request is all that the provider may see.

setUpTestDatabase();
const sandbox = setUpSandbox();
const portal = serveSignIn();

let processes: ChildProcess[] = [];
let pgbouncer: Pgbouncer;
let nodeId = "";
const callers = 250;

beforeAll(async () => {
  const directly = process.env.DATABASE_URL ?? "";
  pgbouncer = await startPgbouncer(directly);
  const behind = pgbouncer.behind(directly);
  nodeId = await insertNode("Plant");
  await stretchRenewalLeases();
  processes = await Promise.all([directly, behind, directly, behind].map(startProcess));
});
afterEach(() => {
  vi.useRealTimers();
  return setClocks(Date.now());
});
afterAll(async () => {
  await Promise.all(processes.map(killProcess));
  await pgbouncer?.close();
});

async function startProcess(databaseUrl: string): Promise<ChildProcess> {
  const child = fork(findProgram("scripts/test-token-process.ts"), {
    execArgv: ["--disable-warning=ExperimentalWarning", "--import=./scripts/test-clock.mjs"],
    env: { ...process.env, DATABASE_URL: databaseUrl },
  });
  await new Promise<void>((resolve, reject) => {
    child.once("message", () => resolve());
    child.once("exit", (code, signal) =>
      reject(new Error(`A process ended with ${signal ?? code} before it was ready.`)),
    );
  });
  await ask(child, { act: "raise limits" });
  return child;
}

/** Ends the lease for token requests of a credential: its holder was killed long ago. */
const endTokenLease = (credentialId: string) =>
  getDb()
    .update(tokens)
    .set({ leaseUntil: sql`now() - interval '1 second'` })
    .where(eq(tokens.credentialId, credentialId));

/** Sets the clocks of all processes, and of provider and service, which run in this one and whose clock stands still then. */
async function setClocks(time: number): Promise<void> {
  if (time > Date.now()) vi.setSystemTime(time);
  const clock = time - (performance.timeOrigin + performance.now());
  const set = async (child: ChildProcess) => {
    const done = once(child, "message");
    child.send({ clock });
    await done;
  };
  await Promise.all(processes.map(set));
}

/** A trigger whose credential is an application of its own at the provider. */
async function makeTrigger(lifetimeSeconds: number) {
  const { control } = sandbox.current;
  const clientId = crypto.randomUUID();
  await control.putClient({ ...CLIENTS.ordersApi, clientId, tokenLifetimeSeconds: lifetimeSeconds });
  const credential = await store(
    entraInput(sandbox.current, { clientId, refreshIntervalSeconds: (3 / 4) * lifetimeSeconds }),
  );
  const triggerId = await makeTriggerOf(credential.id);
  const readToken = async () => (await getDb().select().from(tokens).where(eq(tokens.credentialId, credential.id)))[0]!;
  return {
    clientId,
    credentialId: credential.id,
    triggerId,
    readToken,
    requests: async () => (await control.countTokenRequests({ clientId })).total,
  };
}

/** Its runs have as much time as can be. */
async function makeTriggerOf(credentialId: string, url = sandbox.current.serviceUrl): Promise<string> {
  const { id: transportId } = await createTransport(
    tester,
    transportInput.parse({
      name: `Orders ${crypto.randomUUID()}`,
      nodeId,
      type: "HTTP",
      http: { url, method: "GET" },
      authorization: { kind: "credential", credentialId },
      timeoutMs: 600_000,
    }),
  );
  const request = { path: "/fast" };
  const input = { name: `Send ${crypto.randomUUID()}`, nodeId, transportId, request, maxExecutionMs: 600_000 };
  return (await createTrigger(tester, triggerInput.parse(input))).id;
}

type Fire = { triggerId: string; ctx?: Context; callers?: number };
type Outcomes = Record<string, number>;
let asked = 0;

/** Lets `callers` in each process fire at once, and sums up how their runs went. */
async function fireAll(fire: Fire): Promise<Outcomes> {
  const sum: Outcomes = {};
  for (const outcomes of await Promise.all(processes.map((child) => askToFire(child, fire)))) {
    for (const [outcome, count] of Object.entries(outcomes)) sum[outcome] = (sum[outcome] ?? 0) + count;
  }
  return sum;
}

async function askToFire(child: ChildProcess, fire: Fire): Promise<Outcomes> {
  const { outcomes, code } = await ask(child, { fire: { ctx: tester, callers, ...fire } });
  if (!outcomes) throw new Error(code);
  return outcomes;
}

type Answer = { ask: number; outcomes?: Outcomes; code?: string };

function ask(child: ChildProcess, question: object): Promise<Answer> {
  const ask = ++asked;
  return new Promise((resolve) => {
    const listen = (answer: Answer) => {
      if (answer.ask !== ask) return;
      child.off("message", listen);
      resolve(answer);
    };
    child.on("message", listen);
    child.send({ ask, ...question });
  });
}

test("at a cold start there is one token request", async () => {
  const { triggerId, requests } = await makeTrigger(3600);
  expect(await fireAll({ triggerId })).toEqual({ succeeded: 4 * callers });
  expect(await requests()).toBe(1);
});

test("at each expiry there is one token request, and the service never sees a token that has expired", async () => {
  const { triggerId, requests, readToken } = await makeTrigger(7200);
  const minute = 60_000;
  await fireAll({ triggerId, callers: 1 });
  // Past the time at which the token is renewed ahead.
  const first = await readToken();
  await setClocks(first.renewAt!.getTime() + minute);
  expect(await fireAll({ triggerId })).toEqual({ succeeded: 4 * callers });
  await expect.poll(async () => (await readToken()).generation).toBe(2);
  // Past its end.
  await setClocks(first.expiresAt!.getTime() + minute);
  expect(await fireAll({ triggerId, callers: 10 })).toEqual({ succeeded: 40 });
  expect(await requests()).toBe(2);
  // Nobody needs it until it has ended in every memory; then everybody does.
  await setClocks((await readToken()).expiresAt!.getTime() + minute);
  expect(await fireAll({ triggerId })).toEqual({ succeeded: 4 * callers });
  expect(await requests()).toBe(3);
});

test("after a token was revoked there is one token request, and every run succeeds", async () => {
  const { clientId, triggerId, requests } = await makeTrigger(3600);
  await fireAll({ triggerId, callers: 1 });
  await sandbox.current.control.revokeTokens({ clientId });
  const { succeeded = 0, "succeeded after 2 attempts": again = 0 } = await fireAll({ triggerId });
  expect(succeeded + again).toBe(4 * callers);
  expect(again).toBeGreaterThan(0);
  expect(await requests()).toBe(2);
});

/**
 * Kills the first process while the provider, which hangs, has its request. When its lease ends, one of the others asks in its place.
 * @returns how all of their runs went.
 */
async function killWhoAsks(clientId: string, fire: Fire, endLease: () => Promise<unknown>): Promise<Outcomes> {
  const { control } = sandbox.current;
  const requests = async () => (await control.countTokenRequests({ clientId })).total;
  const before = await requests();
  await control.setFault({ mode: "hang", clientId, times: 1 });
  const doomed = processes.shift()!;
  // Never answers.
  void askToFire(doomed, fire);
  await expect.poll(requests).toBe(before + 1);
  const outcomes = fireAll(fire);
  await killProcess(doomed);
  await endLease();
  await expect.poll(requests).toBe(before + 2);
  return outcomes;
}

test("another one asks within 5 s when the process that asks is killed, with one token request of theirs", async () => {
  const { clientId, credentialId, triggerId, requests } = await makeTrigger(3600);
  const outcomes = await killWhoAsks(clientId, { triggerId }, () => endTokenLease(credentialId));
  expect(outcomes).toEqual({ succeeded: 3 * callers });
  expect(await requests()).toBe(2);
  // Others look for its end ten times a second.
  expect(tokenWaits.leaseMs).toBeLessThan(4500);
});

test("a person's own token is renewed once as well, and by another one within 5 s when the process that renews it is killed", async () => {
  const { control, caFile } = sandbox.current;
  const clientId = crypto.randomUUID();
  await control.putClient({ ...CLIENTS.genericWorkbench, clientId });
  const profile = await genericProfile(sandbox.current, { clientId, allowedHosts: ["127.0.0.1"] });
  const service = await startEchoService();
  const triggerId = await makeTriggerOf(profile.id, service.url);
  const browser = openTestBrowser(caFile);
  await browser.signIn(`${portal.url}/api/credentials/${profile.id}/authorize`, PEOPLE.olga);
  const { ctx, sessionId } = (await whoIs(browser, portal))!;
  // Each of them reads the session: fewer are as good a crowd.
  const fire = { triggerId, ctx, callers: 80 };
  const requests = async () => (await control.countTokenRequests({ clientId })).total;
  const before = await requests();

  await endToken(sessionId);
  expect(await fireAll(fire)).toEqual({ succeeded: processes.length * fire.callers });
  expect([await requests(), service.authorizations.size]).toEqual([before + 1, 1]);

  await endToken(sessionId);
  const outcomes = await killWhoAsks(clientId, fire, () => endRenewalLease(sessionId));
  expect(outcomes).toEqual({ succeeded: processes.length * fire.callers });
  expect([await requests(), service.authorizations.size]).toEqual([before + 3, 2]);
  expect(renewalLeaseMs).toBeLessThan(4500);
  service.close();
});

/** Lets the token of a session run out. */
async function endToken(sessionId: string): Promise<void> {
  const [row] = await getDb().select().from(sessions).where(eq(sessions.id, sessionId));
  const destination = await destinationOf(row!.credentialId!);
  const held = openSessionTokens(sessionId, destination, row!.tokensEnvelope!);
  const ended = { ...held, accessTokenExpiresAt: Date.now() - 1000 };
  const tokensEnvelope = sealSessionTokens(sessionId, destination, ended);
  await getDb().update(sessions).set({ tokensEnvelope }).where(eq(sessions.id, sessionId));
}
