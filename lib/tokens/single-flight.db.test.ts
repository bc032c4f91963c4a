import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tokens } from "#drizzle/schema/tokens.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { entraInput, genericInput, setUpSandbox, store, subjectOf, tester } from "#scripts/test-sandbox.ts";
import { setCredentialEnabled } from "../credentials/set-enabled.ts";
import { updateCredential } from "../credentials/update-credential.ts";
import { getDb, getPool } from "../db/client.ts";
import { createTokenDesk } from "./get-token.ts";
import type { TokenSubject } from "./model.ts";
import { requestToken } from "./request-token.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();
const cause = { cause: "test" };
const createDesk = () => createTokenDesk({ now: Date.now, random: Math.random, requestToken });
/** Starting one costs a second or two, so the tests share them; the last test kills one. */
let processes: ChildProcess[] = [];
beforeAll(async () => {
  processes = Array.from({ length: 3 }, () => fork("scripts/test-token-process.ts", { execArgv: [] }));
  await Promise.all(processes.map((child) => once(child, "message")));
}, 60_000);
afterAll(() => {
  for (const child of processes) child.kill("SIGKILL");
});

async function readLease(credentialId: string) {
  const [row] = await getDb().select().from(tokens).where(eq(tokens.credentialId, credentialId));
  return row?.leaseHolder ?? null;
}

type Answer = { ask: number; accessToken?: string; source?: string; credentialVersion?: number; code?: string };
let asked = 0;

function ask(child: ChildProcess, subject: TokenSubject): Promise<Answer> {
  const ask = ++asked;
  return new Promise((resolve) => {
    const listen = (answer: Answer) => {
      if (answer.ask !== ask) return;
      child.off("message", listen);
      resolve(answer);
    };
    child.on("message", listen);
    child.send({ ask, subject });
  });
}

const countRequests = async (clientId: string) =>
  (await sandbox.current.control.countTokenRequests({ clientId })).total;

test("a hundred callers in one process make one token request", async () => {
  const credential = await store(genericInput(sandbox.current));
  const desk = createDesk();
  let queries = 0;
  const count = () => queries++;
  getPool().on("acquire", count);
  const issued = await Promise.all(Array.from({ length: 100 }, () => desk.getToken(subjectOf(credential), cause)));
  getPool().off("acquire", count);
  expect(queries).toBeLessThan(20);
  expect(new Set(issued.map(({ accessToken }) => accessToken)).size).toBe(1);
  expect(await countRequests(credential.clientId)).toBe(1);
});

test("ten callers in each of three processes make one token request, and another one after its end", async () => {
  const credential = await store(entraInput(sandbox.current));
  await sandbox.current.control.setFault({ mode: "slow", delayMs: 500 });
  const answers = await Promise.all(
    processes.flatMap((child) => Array.from({ length: 10 }, () => ask(child, subjectOf(credential)))),
  );
  expect(answers.every(({ accessToken }) => accessToken)).toBe(true);
  expect(new Set(answers.map(({ accessToken }) => accessToken)).size).toBe(1);
  expect(answers.some(({ source }) => source === "cache")).toBe(true);
  expect(await countRequests(credential.clientId)).toBe(1);
});

test("processes that wait while the provider refuses hear why, from one request", async () => {
  const credential = await store(entraInput(sandbox.current, { clientSecret: "wrong" }));
  await sandbox.current.control.setFault({ mode: "slow", delayMs: 500 });
  const answers = await Promise.all(processes.map((child) => ask(child, subjectOf(credential))));
  expect(answers.map(({ code }) => code)).toEqual(Array(3).fill("token_request_refused"));
  expect(await countRequests(credential.clientId)).toBe(1);
});

test("an edit stops the old token on every other process within 2 s, whatever version they know", async () => {
  const credential = await store(genericInput(sandbox.current));
  const askAll = async () => {
    const answers = await Promise.all(processes.map((child) => ask(child, subjectOf(credential))));
    return answers.map(({ credentialVersion }) => credentialVersion);
  };
  expect(await askAll()).toEqual([1, 1, 1]);
  await updateCredential(tester, credential.id, { version: 1, scope: "orders.write" });
  await expect.poll(askAll, { timeout: 2000, interval: 50 }).toEqual([2, 2, 2]);
  await setCredentialEnabled(tester, credential.id, false);
  const codes = async () => {
    const answers = await Promise.all(processes.map((child) => ask(child, { ...subjectOf(credential), version: 2 })));
    return answers.map(({ code }) => code);
  };
  await expect.poll(codes, { timeout: 2000, interval: 50 }).toEqual(Array(3).fill("credential_disabled"));
});

test("a lease holds as long as its holder waits for the provider", async () => {
  const credential = await store(genericInput(sandbox.current));
  await sandbox.current.control.setFault({ mode: "slow", delayMs: 5500 });
  const issued = await Promise.all(
    [createDesk(), createDesk()].map((desk) => desk.getToken(subjectOf(credential), cause)),
  );
  expect(issued[0]?.accessToken).toBe(issued[1]?.accessToken);
  expect(await countRequests(credential.clientId)).toBe(1);
});

test("a process that slept through its lease takes the token that another one got meanwhile", async () => {
  const sleeper = processes[1]!;
  const credential = await store(genericInput(sandbox.current));
  await sandbox.current.control.setFault({ mode: "slow", delayMs: 1000, times: 1 });
  const answer = ask(sleeper, subjectOf(credential));
  await expect.poll(() => readLease(credential.id)).not.toBeNull();
  sleeper.kill("SIGSTOP");
  const token = await createDesk().getToken(subjectOf(credential), cause);
  sleeper.kill("SIGCONT");
  expect(await answer).toMatchObject({ accessToken: token.accessToken });
  const rows = await getDb().select().from(tokens).where(eq(tokens.credentialId, credential.id));
  expect(rows).toMatchObject([{ generation: 1, leaseHolder: null }]);
});

test("others go on within 5 s when the process that asks is killed", async () => {
  const doomed = processes[0]!;
  const credential = await store(genericInput(sandbox.current));
  await sandbox.current.control.setFault({ mode: "hang" });
  doomed.send({ ask: 0, subject: subjectOf(credential) });
  await expect.poll(() => readLease(credential.id)).not.toBeNull();
  await sandbox.current.control.clearFaults();
  const killed = once(doomed, "exit");
  doomed.kill("SIGKILL");
  await killed;
  const startedAt = performance.now();
  const token = await createDesk().getToken(subjectOf(credential), cause);
  expect(token.source).toBe("acquired");
  expect(performance.now() - startedAt).toBeLessThan(5000);
});
