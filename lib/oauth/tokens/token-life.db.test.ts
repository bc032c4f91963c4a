import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import { deleteCredential } from "#lib/oauth/credential-edits/delete-credential.ts";
import { setCredentialEnabled } from "#lib/oauth/credential-edits/set-enabled.ts";
import { updateCredential } from "#lib/oauth/credential-edits/update-credential.ts";
import { pollChanges } from "#lib/platform/db/changes.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTokenLimits } from "#scripts/set-up-token-limits.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { entraInput, genericInput, readRow, setUpSandbox, store, subjectOf, tester } from "#scripts/test-sandbox.ts";
import { createTokenCache, dropToken, getToken } from "./get-token.ts";
import { requestToken } from "./request-token.ts";

setUpTestDatabase();
setUpTokenLimits();
const sandbox = setUpSandbox();
const cause = { cause: "test" };

/** A cache with a clock that stands until a test moves it. */
function createCache(clock = { now: Date.now() }) {
  return { clock, cache: createTokenCache({ now: () => clock.now, random: () => 0, requestToken }) };
}

const countRequests = async (clientId: string) =>
  (await sandbox.current.control.countTokenRequests({ clientId })).total;
const readTokens = (id: string) => getDb().select().from(tokens).where(eq(tokens.credentialId, id));
const readEvents = (id: string) => getDb().select().from(credentialEvents).where(eq(credentialEvents.credentialId, id));

test("a token that is due is renewed in the background while it still serves", async () => {
  const credential = await store(genericInput(sandbox.current, { refreshIntervalSeconds: 60 }));
  const { clock, cache } = createCache();
  const first = await cache.getToken(subjectOf(credential), cause);
  clock.now += 61_000;
  expect(cache.getToken(subjectOf(credential), cause)).toMatchObject({
    source: "cache",
    accessToken: first.accessToken,
  });
  await expect.poll(async () => (await cache.getToken(subjectOf(credential), cause)).generation).toBe(2);
  expect(await countRequests(credential.clientId)).toBe(2);
  expect((await readEvents(credential.id)).map((event) => event.cause)).toEqual(["test", "renewal"]);
});

test("while the provider is down a valid token keeps being used, and is never sent once it has expired", async () => {
  const credential = await store(genericInput(sandbox.current, { refreshIntervalSeconds: 60 }));
  const { clock, cache } = createCache();
  const first = await cache.getToken(subjectOf(credential), cause);
  await sandbox.current.control.setFault({ mode: "status", status: 503 });
  clock.now += 61_000;
  expect(await cache.getToken(subjectOf(credential), cause)).toMatchObject({ accessToken: first.accessToken });
  await expect.poll(async () => (await readRow(credential.id)).status).toBe("degraded");
  expect(await cache.getToken(subjectOf(credential), cause)).toMatchObject({ accessToken: first.accessToken });
  expect(await createCache(clock).cache.getToken(subjectOf(credential), cause)).toMatchObject({
    accessToken: first.accessToken,
  });

  clock.now = first.expiresAt - 5_000;
  await expect(cache.getToken(subjectOf(credential), cause)).rejects.toMatchObject({
    code: "token_endpoint_unavailable",
  });
  await sandbox.current.control.clearFaults();
  clock.now += 120_000;
  expect(await cache.getToken(subjectOf(credential), cause)).toMatchObject({ source: "refreshed", generation: 2 });
  expect(await readRow(credential.id)).toMatchObject({ status: "active", failures: 0, failingSince: null });
});

test("a refusal is told again without asking, on every cache, until its time is over", async () => {
  const credential = await store(entraInput(sandbox.current, { clientSecret: "wrong" }));
  const { clock, cache } = createCache();
  const refusal = {
    code: "token_request_refused",
    provider: { status: 401, code: "invalid_client", description: expect.stringContaining("AADSTS7000215") },
    hint: expect.stringContaining("secret"),
  };
  await expect(cache.getToken(subjectOf(credential), cause)).rejects.toMatchObject(refusal);
  await expect(cache.getToken(subjectOf(credential), cause)).rejects.toMatchObject(refusal);
  const other = createCache(clock);
  await expect(other.cache.getToken(subjectOf(credential), cause)).rejects.toMatchObject(refusal);
  await expect(other.cache.getToken(subjectOf(credential), cause)).rejects.toThrow(/asked again at 20/);
  expect(await countRequests(credential.clientId)).toBe(1);
  clock.now += 59_999;
  await expect(cache.getToken(subjectOf(credential), cause)).rejects.toMatchObject(refusal);
  expect(await countRequests(credential.clientId)).toBe(1);
  clock.now += 1;
  await expect(cache.getToken(subjectOf(credential), cause)).rejects.toMatchObject(refusal);
  expect(await countRequests(credential.clientId)).toBe(2);
});

test("a provider that asks for time is given it, in seconds", async () => {
  const credential = await store(genericInput(sandbox.current));
  await sandbox.current.control.setFault({ mode: "too_many_requests", retryAfterSeconds: 90 });
  const { clock, cache } = createCache();
  await expect(Promise.resolve(cache.getToken(subjectOf(credential), cause))).rejects.toThrow();
  const [row] = await readTokens(credential.id);
  expect(row!.retryAt!.getTime() - clock.now).toBe(90_000);
});

test("an edit leaves the old token behind at once in the database and after the next look in memory", async () => {
  const credential = await store(genericInput(sandbox.current));
  await pollChanges();
  const old = await getToken(subjectOf(credential), cause);
  expect(getToken(subjectOf(credential), cause)).not.toBeInstanceOf(Promise);
  await updateCredential(tester, credential.id, { version: credential.version, scope: "orders.write" });
  await pollChanges();
  // Even who still knows the old version gets a token of the new one.
  for (const version of [1, 2]) {
    const token = await getToken({ ...subjectOf(credential), version }, cause);
    expect(token).toMatchObject({ credentialVersion: 2 });
    expect(token.accessToken).not.toBe(old.accessToken);
  }
  expect(await readTokens(credential.id)).toMatchObject([{ credentialVersion: 2, scope: "orders.write" }]);
});

test("the answer to a request under the old configuration is thrown away", async () => {
  const credential = await store(genericInput(sandbox.current));
  const received = Promise.withResolvers<void>();
  const edited = Promise.withResolvers<void>();
  const cache = createTokenCache({
    now: Date.now,
    random: () => 0,
    requestToken: async (...request) => {
      const token = await requestToken(...request);
      received.resolve();
      await edited.promise;
      return token;
    },
  });
  const waiting = cache.getToken(subjectOf(credential), cause);
  await received.promise;
  await updateCredential(tester, credential.id, { version: 1, scope: "orders.write" });
  edited.resolve();
  expect(await waiting).toMatchObject({ credentialVersion: 2 });
  expect(await countRequests(credential.clientId)).toBe(2);
  expect(await readTokens(credential.id)).toMatchObject([{ credentialVersion: 2, generation: 1 }]);
  const events = (await readEvents(credential.id)).sort((a, b) => a.credentialVersion - b.credentialVersion);
  expect(events).toMatchObject([
    { credentialVersion: 1, description: expect.stringContaining("Thrown away") },
    { credentialVersion: 2, description: null },
  ]);
});

test("an edit of name or notes takes the token along", async () => {
  const credential = await store(genericInput(sandbox.current));
  const { cache } = createCache();
  const token = await cache.getToken(subjectOf(credential), cause);
  const edited = await updateCredential(tester, credential.id, { version: 1, notes: "Call Anna." });
  expect(await cache.getToken(subjectOf(edited), cause)).toMatchObject({
    accessToken: token.accessToken,
    credentialVersion: 2,
    source: "cache",
  });
  expect(await countRequests(credential.clientId)).toBe(1);
});

test("a disabled credential gives out no token, also to who doesn't know yet; a deleted one neither", async () => {
  const credential = await store(genericInput(sandbox.current));
  const { cache } = createCache();
  await cache.getToken(subjectOf(credential), cause);
  const disabled = await setCredentialEnabled(tester, credential.id, false);
  expect(() => cache.getToken(subjectOf(disabled), cause)).toThrow(/is disabled/);
  cache.clear();
  await expect(cache.getToken(subjectOf(credential), cause)).rejects.toMatchObject({ code: "credential_disabled" });
  await deleteCredential(tester, credential.id);
  await expect(cache.getToken(subjectOf(credential), cause)).rejects.toMatchObject({ code: "not_found" });
});

test("a token that a service refused is forgotten everywhere, once, and never a newer one", async () => {
  const credential = await store(genericInput(sandbox.current));
  const { cache } = createCache();
  const other = createCache().cache;
  const first = await cache.getToken(subjectOf(credential), cause);
  await other.getToken(subjectOf(credential), cause);
  expect(await Promise.all([cache, other].map((each) => each.dropToken(subjectOf(credential), 1)))).toEqual([
    true,
    true,
  ]);
  const second = await cache.getToken(subjectOf(credential), cause);
  expect(second).toMatchObject({ source: "refreshed", generation: 2 });
  expect(second.accessToken).not.toBe(first.accessToken);
  expect(await other.getToken(subjectOf(credential), cause)).toMatchObject({ accessToken: second.accessToken });
  await other.dropToken(subjectOf(credential), 1);
  other.clear();
  expect(await other.getToken(subjectOf(credential), cause)).toMatchObject({ accessToken: second.accessToken });
  expect(await countRequests(credential.clientId)).toBe(2);
});

test("a service that refuses whatever token comes does not make a token request per run", async () => {
  const credential = await store(genericInput(sandbox.current));
  const { clock, cache } = createCache();
  for (let run = 0; run < 20; run++) {
    const { generation } = await cache.getToken(subjectOf(credential), cause);
    await cache.dropToken(subjectOf(credential), generation);
  }
  expect(await countRequests(credential.clientId)).toBe(6);
  clock.now += 60_000;
  const { generation } = await cache.getToken(subjectOf(credential), cause);
  expect(await cache.dropToken(subjectOf(credential), generation)).toBe(true);
});

test("the module's own dropToken is that of this process", async () => {
  const credential = await store(genericInput(sandbox.current));
  const token = await getToken(subjectOf(credential), cause);
  expect(await dropToken(subjectOf(credential), token.generation)).toBe(true);
  expect(await getToken(subjectOf(credential), cause)).toMatchObject({ source: "refreshed" });
});
