import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sessions } from "#drizzle/schema/sessions.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import { CLIENTS } from "#sandbox/clients.ts";
import { PEOPLE } from "#sandbox/people.ts";
import { openTestBrowser } from "#scripts/test-browser.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { type Pgbouncer, startPgbouncer } from "#scripts/test-pgbouncer.ts";
import { entraInput, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { startEchoService } from "#scripts/test-services.ts";
import { genericProfile, serveSignIn, whoIs } from "#scripts/test-sign-in.ts";
import { getDb } from "../db/client.ts";
import type { Context } from "../identity/context.ts";
import { openSessionTokens, sealSessionTokens } from "../profiles/session-tokens.ts";
import { insertNode } from "../runs/fixtures.ts";
import { createTransport } from "../transports/create-transport.ts";
import { transportInput } from "../transports/schema.ts";
import { createTrigger } from "./create-trigger.ts";
import { triggerInput } from "./schema.ts";

// A thousand callers run a trigger on four processes at once, at a real provider and a real service over sockets, directly on
// Postgres and behind pgbouncer in transaction mode. One token request is all that the provider may see.

setUpTestDatabase();
const sandbox = setUpSandbox();
const portal = serveSignIn();

/** Four processes that reach the database in the same way. */
type Group = { where: string; databaseUrl: string; processes: ChildProcess[] };
let groups: Group[] = [];
let pgbouncer: Pgbouncer;
let nodeId = "";
const callers = 250;
const everyOne = 4 * callers;

beforeAll(async () => {
  pgbouncer = await startPgbouncer(process.env.DATABASE_URL ?? "");
  nodeId = await insertNode("Plant");
  groups = await Promise.all([
    startGroup("directly", process.env.DATABASE_URL ?? ""),
    startGroup("behind pgbouncer", pgbouncer.behind(process.env.DATABASE_URL ?? "")),
  ]);
}, 180_000);
afterAll(async () => {
  for (const child of groups.flatMap(({ processes }) => processes)) child.kill("SIGKILL");
  await pgbouncer?.close();
});

async function startGroup(where: string, databaseUrl: string): Promise<Group> {
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  const execArgv = ["--disable-warning=ExperimentalWarning"];
  const start = () => fork("scripts/test-token-process.ts", { execArgv, env });
  const processes = Array.from({ length: 4 }, start);
  await Promise.all(processes.map((child) => once(child, "message")));
  return { where, databaseUrl, processes };
}

/** Does the same with both groups, at the same time. */
const onBoth = (work: (group: Group) => Promise<void>) => () => Promise.all(groups.map(work));

/** A trigger whose credential is an application of its own at the provider. */
async function makeTrigger(lifetimeSeconds: number) {
  const { control } = sandbox.current;
  const clientId = crypto.randomUUID();
  await control.putClient({ ...CLIENTS.ordersApi, clientId, tokenLifetimeSeconds: lifetimeSeconds });
  const credential = await store(entraInput(sandbox.current, { clientId }));
  const triggerId = await makeTriggerOf(credential.id);
  const readToken = async () => (await getDb().select().from(tokens).where(eq(tokens.credentialId, credential.id)))[0]!;
  return {
    clientId,
    triggerId,
    readToken,
    requests: async () => (await control.countTokenRequests({ clientId })).total,
  };
}

async function makeTriggerOf(credentialId: string, url = sandbox.current.serviceUrl): Promise<string> {
  const { id: transportId } = await createTransport(
    tester,
    transportInput.parse({
      name: `Orders ${crypto.randomUUID()}`,
      nodeId,
      type: "HTTP",
      http: { url, method: "GET" },
      authorization: { kind: "credential", credentialId },
      timeoutMs: 20_000,
    }),
  );
  const input = { name: `Send ${crypto.randomUUID()}`, nodeId, transportId, request: { path: "/fast" } };
  return (await createTrigger(tester, triggerInput.parse(input))).id;
}

type Fire = { triggerId: string; ctx?: Context; callers?: number; untilMs?: number };
type Outcomes = Record<string, number>;
let asked = 0;

/** Lets `callers` in each process fire at once, and sums up how their runs went. */
async function fireOn(processes: ChildProcess[], fire: Fire): Promise<Outcomes> {
  const sum: Outcomes = {};
  const answers = processes.map((child) => ask(child, { ctx: tester, callers, untilMs: 0, ...fire }));
  for (const outcomes of await Promise.all(answers)) {
    for (const [outcome, count] of Object.entries(outcomes)) sum[outcome] = (sum[outcome] ?? 0) + count;
  }
  return sum;
}

function ask(child: ChildProcess, fire: object): Promise<Outcomes> {
  const ask = ++asked;
  return new Promise((resolve, reject) => {
    const listen = (answer: { ask: number; outcomes?: Outcomes; code?: string }) => {
      if (answer.ask !== ask) return;
      child.off("message", listen);
      if (answer.outcomes) resolve(answer.outcomes);
      else reject(new Error(answer.code));
    };
    child.on("message", listen);
    child.send({ ask, fire });
  });
}

test(
  "at a cold start there is one token request",
  onBoth(async ({ where, processes }) => {
    const { triggerId, requests } = await makeTrigger(3600);
    expect(await fireOn(processes, { triggerId }), where).toEqual({ succeeded: everyOne });
    expect(await requests(), where).toBe(1);
  }),
  180_000,
);

test(
  "at each expiry there is one token request, and the service never sees a token that has expired",
  onBoth(async ({ where, processes }) => {
    const { clientId, triggerId, requests, readToken } = await makeTrigger(7);
    await fireOn(processes, { triggerId, callers: 1 });
    // Runs without a pause, past the time at which the token is renewed ahead, and past its end.
    const untilMs = (await readToken()).expiresAt!.getTime();
    expect(Object.keys(await fireOn(processes, { triggerId, callers: 2, untilMs })), where).toEqual(["succeeded"]);
    expect(await requests(), where).toBe(2);
    // Nobody needs it until it has ended in every memory; then everybody does.
    await sandbox.current.control.changeClient({ clientId, tokenLifetimeSeconds: 3600 });
    await wait((await readToken()).expiresAt!.getTime() - Date.now());
    expect(await fireOn(processes, { triggerId }), where).toEqual({ succeeded: everyOne });
    expect(await requests(), where).toBe(3);
  }),
  180_000,
);

test(
  "after a token was revoked there is one token request, and every run succeeds",
  onBoth(async ({ where, processes }) => {
    const { clientId, triggerId, requests } = await makeTrigger(3600);
    await fireOn(processes, { triggerId, callers: 1 });
    await sandbox.current.control.revokeTokens({ clientId });
    const { succeeded = 0, "succeeded after 2 attempts": again = 0 } = await fireOn(processes, { triggerId });
    expect(succeeded + again, where).toBe(everyOne);
    expect(again, where).toBeGreaterThan(0);
    expect(await requests(), where).toBe(2);
  }),
  180_000,
);

/**
 * Kills the first process of a group while the provider, which hangs, has its request: within 5 s one of the others asks in its
 * place. Returns how all of their runs went.
 */
async function killWhoAsks({ processes }: Group, clientId: string, fire: Fire): Promise<Outcomes> {
  const { control } = sandbox.current;
  const requests = async () => (await control.countTokenRequests({ clientId })).total;
  const before = await requests();
  await control.setFault({ mode: "hang", clientId, times: 1 });
  const doomed = processes.shift()!;
  // Never answers.
  void ask(doomed, { ctx: tester, callers, untilMs: 0, ...fire });
  await expect.poll(requests, { timeout: 10_000 }).toBe(before + 1);
  const outcomes = fireOn(processes, fire);
  const gone = once(doomed, "exit");
  doomed.kill("SIGKILL");
  await gone;
  await expect.poll(requests, { timeout: 5000 }).toBe(before + 2);
  return outcomes;
}

test(
  "another one asks within 5 s when the process that asks is killed, with one token request of theirs",
  onBoth(async (group) => {
    const { clientId, triggerId, requests } = await makeTrigger(3600);
    const outcomes = await killWhoAsks(group, clientId, { triggerId });
    expect(outcomes, group.where).toEqual({ succeeded: 3 * callers });
    expect(await requests(), group.where).toBe(2);
  }),
  180_000,
);

test(
  "a person's own token is renewed once as well, and by another one within 5 s when the process that renews it is killed",
  onBoth(async (group) => {
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
    const { processes, where } = group;
    expect(await fireOn(processes, fire), where).toEqual({ succeeded: processes.length * fire.callers });
    expect([await requests(), service.authorizations.size], where).toEqual([before + 1, 1]);

    await endToken(sessionId);
    const outcomes = await killWhoAsks(group, clientId, fire);
    expect(outcomes, where).toEqual({ succeeded: processes.length * fire.callers });
    expect([await requests(), service.authorizations.size], where).toEqual([before + 3, 2]);
    service.close();
  }),
  180_000,
);

/** Lets the token of a session run out. */
async function endToken(sessionId: string): Promise<void> {
  const [row] = await getDb().select().from(sessions).where(eq(sessions.id, sessionId));
  const held = openSessionTokens(sessionId, row!.tokensEnvelope!);
  const tokensEnvelope = sealSessionTokens(sessionId, { ...held, accessTokenExpiresAt: Date.now() - 1000 });
  await getDb().update(sessions).set({ tokensEnvelope }).where(eq(sessions.id, sessionId));
}
