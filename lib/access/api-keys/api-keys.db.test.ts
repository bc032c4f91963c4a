import { eq } from "drizzle-orm";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { apiKeys } from "#drizzle/schema/api-keys.ts";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { type Context, systemContext } from "#lib/access/permissions/context.ts";
import { pollChanges } from "#lib/platform/db/changes.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { waitFor } from "#scripts/wait-for.ts";
import { authenticateApiKey } from "./api-key-auth.ts";
import { createApiKey, listApiKeys, revokeApiKey } from "./api-keys.ts";
import { apiKeyInput } from "./schema.ts";

setUpTestDatabase();

const system = systemContext("test");
const plant = "019a0000-0000-7000-8000-000000000001";
let made = 0;

function make(input: Record<string, unknown> = {}) {
  made += 1;
  return createApiKey(system, apiKeyInput.parse({ name: `key ${made}`, role: "engineer", ...input }));
}

beforeAll(async () => {
  await getDb()
    .insert(nodes)
    .values({ id: plant, name: "Plant 7", path: [plant] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Stops the clock that limits how long a cache is trusted, and reads the change counter: caches stay current until the clock moves. */
async function keepCachesCurrent(): Promise<void> {
  vi.useFakeTimers({ toFake: ["performance"] });
  await pollChanges();
}

test("a key is told once, stored hashed, and acts with its role on its node", async () => {
  const { key, apiKey } = await make({ name: "CI", nodeId: plant });
  expect(key).toMatch(/^sp_[\w-]{43}$/);
  expect(apiKey).toMatchObject({ name: "CI", prefix: key.slice(0, 8), nodeName: "Plant 7", status: "active" });
  expect(await authenticateApiKey(key, "192.0.2.1")).toEqual({
    actor: { kind: "api_key", id: apiKey.id, name: "API key CI" },
    grants: [{ role: "engineer", nodeId: plant }],
    address: "192.0.2.1",
  });
  const stored = JSON.stringify([await getDb().select().from(apiKeys), await getDb().select().from(auditRecords)]);
  expect(stored).not.toContain(key.slice(8));
});

test("a known key is answered without a promise, until something changes", async () => {
  const { key, apiKey } = await make();
  await keepCachesCurrent();
  await authenticateApiKey(key, null);
  expect(authenticateApiKey(key, null)).not.toBeInstanceOf(Promise);
  await revokeApiKey(system, apiKey.id);
  await pollChanges();
  await expect(authenticateApiKey(key, null)).rejects.toMatchObject({ code: "sign_in_required" });
});

test("a key isn't taken from the cache when the change counter can't be read", async () => {
  const { key, apiKey } = await make();
  await keepCachesCurrent();
  await authenticateApiKey(key, null);
  await getDb().update(apiKeys).set({ revokedAt: new Date() }).where(eq(apiKeys.id, apiKey.id));
  expect(authenticateApiKey(key, null)).not.toBeInstanceOf(Promise);
  vi.advanceTimersByTime(2000);
  await expect(authenticateApiKey(key, null)).rejects.toMatchObject({ code: "sign_in_required" });
});

test("an expired key is refused, from the cache too", async () => {
  const end = Date.now() + 86_400_000;
  const expiresAt = new Date(end).toISOString();
  const { key } = await make({ name: "short", expiresAt });
  await keepCachesCurrent();
  const expired = { code: "sign_in_required", message: `API key short expired on ${expiresAt}.` };
  const later = async () => authenticateApiKey(key, null, end);
  await expect(later()).rejects.toMatchObject(expired);
  await authenticateApiKey(key, null, end - 1);
  expect(() => authenticateApiKey(key, null, end)).toThrow(expect.objectContaining(expired));
});

test("unknown keys, empty ones and the hash of a key are refused", async () => {
  const { apiKey } = await make();
  const [row] = await getDb().select().from(apiKeys).where(eq(apiKeys.id, apiKey.id));
  for (const key of ["", "sp_unknown", row!.keyHash]) {
    await expect(authenticateApiKey(key, null)).rejects.toMatchObject({ code: "sign_in_required" });
  }
});

test("the last use is noted, at most once a minute", async () => {
  const { key, apiKey } = await make();
  const lastUse = async () =>
    (await getDb().select().from(apiKeys).where(eq(apiKeys.id, apiKey.id)))[0]?.lastUsedAt?.getTime() ?? null;
  const start = Date.now();
  await authenticateApiKey(key, null, start);
  await waitFor(async () => expect(await lastUse()).toBe(start));
  await keepCachesCurrent();
  for (const isCached of [true, false]) {
    if (!isCached) vi.advanceTimersByTime(2000);
    const last = (await lastUse())!;
    // If one of the first two uses were recorded, the third one wouldn't be.
    for (const ms of [1000, 60_000, 60_500]) await authenticateApiKey(key, null, last + ms);
    await waitFor(async () => expect(await lastUse()).toBe(last + 60_500));
  }
});

test("a name can be used again once its key is revoked, in any case but not twice at once", async () => {
  const { apiKey } = await make({ name: "Robot" });
  const taken = { code: "name_taken", fields: [{ field: "name" }] };
  await expect(make({ name: "ROBOT" })).rejects.toMatchObject(taken);
  await expect(make({ name: "environment" })).rejects.toMatchObject(taken);
  await revokeApiKey(system, apiKey.id);
  await make({ name: "robot" });
});

test("a past expiry and an unknown node are refused at their fields", async () => {
  await expect(make({ expiresAt: "2020-01-01T00:00:00Z" })).rejects.toMatchObject({
    fields: [{ field: "expiresAt" }],
  });
  await expect(make({ nodeId: "019a0000-0000-7000-8000-0000000000ff" })).rejects.toMatchObject({
    fields: [{ field: "nodeId" }],
  });
});

test("only admins for all nodes list, make and revoke keys", async () => {
  const { apiKey } = await make();
  const ctx: Context = { ...system, grants: [{ role: "admin", nodeId: plant }] };
  const forbidden = { code: "forbidden" };
  await expect(listApiKeys(ctx)).rejects.toMatchObject(forbidden);
  await expect(createApiKey(ctx, apiKeyInput.parse({ name: "x", role: "admin" }))).rejects.toMatchObject(forbidden);
  await expect(revokeApiKey(ctx, apiKey.id)).rejects.toMatchObject(forbidden);
});

test("the list filters by status and pages through keys that were never used", async () => {
  const revoked = await listApiKeys(system, { status: "revoked" });
  expect(revoked.items.every((key) => key.revokedAt !== null)).toBe(true);
  const all = await listApiKeys(system, { sort: "-lastUsedAt", limit: 200 });
  const seen = [];
  let cursor: string | undefined;
  do {
    const page = await listApiKeys(system, { sort: "-lastUsedAt", limit: 2, cursor });
    seen.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual(all.items);
});
