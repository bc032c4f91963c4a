import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { providerPlaces } from "#drizzle/schema/provider-places.ts";
import { updateCredential } from "#lib/oauth/credential-edits/update-credential.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { openCredential } from "#lib/oauth/credentials/open-credential.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTokenLimits } from "#scripts/set-up-token-limits.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { readRow, store, subjectOf, tester } from "#scripts/test-sandbox.ts";
import { raiseTokenLimits } from "#scripts/test-token-limits.ts";
import { setUpTokenProcesses } from "#scripts/test-token-processes.ts";
import { describeClientOf, holdAnswers, issueTokenOf, sendText, setUpTokenServer } from "#scripts/test-token-server.ts";
import { createTokenCache } from "./get-token.ts";
import { tokenRequestLimits, tokenWaits } from "./limits.ts";
import { acquireSlot, withSlot } from "./provider-slots.ts";
import { recordUserAttempt } from "./record-outcome.ts";
import { requestToken } from "./request-token.ts";

// The rules for outages: what passes by itself, what needs a person, who may ask when, and who is held up by whom.

const places = 3;
setUpTokenLimits();
setUpTestDatabase({ SALLYPORT_TOKEN_REQUESTS_PER_HOST: String(places) });
const server = setUpTokenServer();
const cause = { cause: "test" };
const minute = 60_000;
const nothing = () => undefined;

/** A cache of another process, as it were, with a clock that stands until it is put forward, and no chance. */
function createCache() {
  const clock = { ahead: 0 };
  const startedAt = Date.now();
  const now = () => startedAt + clock.ahead;
  const cache = createTokenCache({ now, random: () => 0, requestToken });
  const ask = async (credential: CredentialDetail) => cache.getToken(subjectOf(credential), cause);
  return { clock, now, cache, ask };
}
const add = (name: string) => store(describeClientOf(server, name));
const asked = (name: string) => server.asked.get(name) ?? 0;

const processes = setUpTokenProcesses(2);
beforeEach(raiseTokenLimits);

test("a refusal without a reason, of what has worked, is degraded for 15 minutes and then for a person to mend", async () => {
  const credential = await add("mute");
  const { clock, now, ask } = createCache();
  await ask(credential);
  server.answers.set("mute", sendText("", 403));
  clock.ahead = 61 * minute;
  const failsFrom = now();
  const statusAfter = async (ms: number) => {
    clock.ahead += ms - (now() - failsFrom);
    await expect(ask(credential)).rejects.toMatchObject({ code: "token_request_refused", provider: { status: 403 } });
    const { status, statusReason, nextCheckAt } = await readRow(credential.id);
    expect(statusReason).toMatch(/answered 403 and gave no reason/);
    return { status, restMs: nextCheckAt!.getTime() - now() };
  };
  expect(await statusAfter(0)).toMatchObject({ status: "degraded", restMs: 1000 });
  expect(await statusAfter(5 * minute)).toMatchObject({ status: "degraded", restMs: 2000 });
  expect(await statusAfter(15 * minute - 10_000)).toMatchObject({ status: "degraded", restMs: 4000 });
  expect(await statusAfter(15 * minute)).toMatchObject({ status: "action_needed", restMs: 480_000 });
  server.answers.clear();
  clock.ahead += 8 * minute;
  expect(await ask(credential)).toMatchObject({ source: "refreshed" });
  expect(await readRow(credential.id)).toMatchObject({ status: "active", unexplainedSince: null, failingSince: null });
});

test("an outage before it does not count for the 15 minutes", async () => {
  const credential = await add("outage");
  const { clock, ask } = createCache();
  await ask(credential);
  for (const [status, at] of [
    [503, 61],
    [503, 80],
    [403, 90],
  ] as const) {
    server.answers.set("outage", sendText("", status));
    clock.ahead = at * minute;
    await expect(ask(credential)).rejects.toThrow();
    expect(await readRow(credential.id)).toMatchObject({ status: "degraded" });
  }
});

test("a version that never got a token needs a person at once, and an edit of the configuration is such a version", async () => {
  const credential = await add("edited");
  const { ask } = createCache();
  await ask(credential);
  server.answers.set("edited", sendText("", 403));
  const edited = await updateCredential(tester, credential.id, { version: 1, clientSecret: "another secret" });
  await expect(ask(edited)).rejects.toThrow();
  expect(await readRow(credential.id)).toMatchObject({ status: "action_needed", statusField: "clientSecret" });
});

test("while it is degraded a valid token is sent, the renewal is not repeated before its time, and an expired one is not sent", async () => {
  const credential = await store(describeClientOf(server, "valid", { refreshIntervalSeconds: 60 }));
  const { clock, ask } = createCache();
  const first = await ask(credential);
  server.answers.set("valid", (response) => response.destroy());
  clock.ahead = 61_000;
  for (let run = 0; run < 20; run++) expect(await ask(credential)).toMatchObject({ accessToken: first.accessToken });
  await expect.poll(async () => (await readRow(credential.id)).status).toBe("degraded");
  for (let run = 0; run < 20; run++) expect(await ask(credential)).toMatchObject({ accessToken: first.accessToken });
  // The renewal was sent once more: it met a connection that had been open before.
  expect(asked("valid")).toBe(3);
  clock.ahead = first.expiresAt - first.acquiredAt;
  await expect(ask(credential)).rejects.toMatchObject({ code: "connection_failed" });
});

test("what one process was told to wait, every other one waits, and says until when", async () => {
  const credential = await add("limited");
  server.answers.set("limited", sendText("", 429, { "retry-after": "600" }));
  const { clock, now, ask } = createCache();
  const subject = subjectOf(credential);
  const [first, second] = processes;
  expect(await first!.getToken(subject)).toMatchObject({ code: "token_endpoint_unavailable" });
  server.answers.clear();
  const { nextCheckAt } = await readRow(credential.id);
  const waitMs = nextCheckAt!.getTime() - now();
  expect(waitMs).toBeGreaterThanOrEqual(10 * minute);
  expect(await second!.getToken(subject)).toMatchObject({ code: "token_endpoint_unavailable" });
  expect(await first!.getToken(subject)).toMatchObject({ code: "token_endpoint_unavailable" });
  await expect(ask(credential)).rejects.toThrow(/limits how often it may be asked \(429\).*asked again at 20/);
  clock.ahead = waitMs - 1;
  await expect(ask(credential)).rejects.toThrow();
  expect(asked("limited")).toBe(1);
  clock.ahead = waitMs;
  expect(await ask(credential)).toMatchObject({ accessToken: "token-of-limited" });
});

test("an endpoint that hangs holds up its own callers until the timeout, nobody else at its host, and nobody once it is well", async () => {
  const [hanging, well, mute] = [await add("hanging"), await add("well"), await add("mute-1")];
  const { clock, ask } = createCache();
  const held = holdAnswers();
  server.answers.set("hanging", held.hold(issueTokenOf("hanging")));
  const callers = Promise.all(Array.from({ length: 50 }, () => ask(hanging)));
  await expect.poll(() => held.waiting.length).toBe(1);
  expect(await ask(well)).toMatchObject({ accessToken: "token-of-well" });
  expect(held.waiting).toHaveLength(1);
  held.release();
  await callers;
  expect(asked("hanging")).toBe(1);

  server.answers.set("mute-1", nothing);
  tokenRequestLimits.timeoutMs = 200;
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => ask(mute)));
  expect(outcomes.every((outcome) => outcome.status === "rejected" && outcome.reason.code === "timeout")).toBe(true);
  expect(await readRow(mute.id)).toMatchObject({
    status: "action_needed",
    statusReason: expect.stringContaining("did not answer completely within 200 ms"),
  });
  // They waited for one request.
  const events = await getDb().select().from(credentialEvents).where(eq(credentialEvents.credentialId, mute.id));
  expect(events).toMatchObject([{ errorCode: "timeout" }]);
  raiseTokenLimits();
  server.answers.clear();
  clock.ahead = 1500;
  expect(await ask(mute)).toMatchObject({ accessToken: "token-of-mute-1" });
  expect(await readRow(mute.id)).toMatchObject({ status: "active" });
});

test("a host gets so many token requests at once, over all processes, and every credential gets its token", async () => {
  const names = Array.from({ length: 12 }, (_, index) => `crowd-${index}`);
  const credentials = await Promise.all(names.map(add));
  const held = holdAnswers();
  for (const name of names) server.answers.set(name, held.hold(issueTokenOf(name)));
  const answers = Promise.all(
    credentials.map((credential, index) => processes[index % 2]!.getToken(subjectOf(credential))),
  );
  for (let left = names.length; left > 0; left -= places) {
    await expect.poll(() => held.waiting.length).toBe(Math.min(left, places));
    held.release();
  }
  const tokens = (await answers).map(({ accessToken, code }) => accessToken ?? code);
  expect(tokens).toEqual(names.map((name) => `token-of-${name}`));
  expect(held.most).toBe(places);
  await expect.poll(() => getDb().select().from(providerPlaces)).toEqual([]);
});

test("who gets no place at a host that hangs is told so after seconds; the credential is not blamed, the valid token serves on", async () => {
  const names = ["full-1", "full-2", "full-3"];
  const url = `https://localhost:${server.port}/`;
  const places = await Promise.all(names.map(() => acquireSlot(url)));
  const credential = await add("next");
  const { ask, cache } = createCache();
  const user = await add("person");
  const startedAt = Date.now();
  tokenWaits.slotMs = 200;
  const signIn = withSlot(url, async () => null).catch((failure) => failure);
  await expect(ask(credential)).rejects.toMatchObject({
    code: "token_endpoint_unavailable",
    retryable: true,
    message: expect.stringMatching(/is busy with 3 token requests of other credentials, and none ended within 0.2 s/),
  });
  expect(asked("next")).toBe(0);
  expect(await readRow(credential.id)).toMatchObject({ status: "unverified", failures: 0 });
  await recordUserAttempt({
    credential: await openCredential(user.id),
    kind: "sign_in",
    cause: "test",
    startedAt,
    endedAt: Date.now(),
    description: "No place.",
    failure: await signIn,
  });
  expect(await readRow(user.id)).toMatchObject({ status: "unverified", failures: 0 });
  raiseTokenLimits();
  const waiting = ask(credential);
  await places.shift()!();
  expect(await waiting).toMatchObject({ accessToken: "token-of-next" });
  await expect.poll(() => getDb().select().from(providerPlaces)).toHaveLength(2);
  // What a killed process leaves ends by itself.
  await getDb()
    .update(providerPlaces)
    .set({ until: new Date(0) });
  const all = await Promise.all(names.map(() => acquireSlot(url)));
  expect(await getDb().select().from(providerPlaces)).toHaveLength(3);
  for (const giveBack of all) await giveBack();
  for (const giveBack of places) await giveBack();
  cache.clear();
  expect(await ask(credential)).toMatchObject({ source: "cache" });
});
