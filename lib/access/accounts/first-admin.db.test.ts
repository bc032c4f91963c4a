import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { apiKeys } from "#drizzle/schema/api-keys.ts";
import { users } from "#drizzle/schema/users.ts";
import { authenticateApiKey } from "#lib/access/api-keys/api-key-auth.ts";
import { ensureEnvironmentApiKey } from "#lib/access/api-keys/environment-api-key.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { ensureFirstAdmin } from "./admins.ts";
import { signInLocally } from "./local/sign-in-locally.ts";

setUpTestDatabase();

const client = { address: "192.0.2.1", userAgent: "test" };
const told: { kind: string; username: string; password: string }[] = [];

/** The tests' own process has a channel to its parent too; what is sent there is kept here instead. */
beforeEach(async () => {
  told.length = 0;
  vi.stubGlobal(
    "process",
    Object.assign(Object.create(process), { send: (line: (typeof told)[0]) => told.push(line) }),
  );
  await getDb().delete(users);
  Object.assign(getEnv(), { SALLYPORT_ADMIN_USERNAME: "admin", SALLYPORT_ADMIN_PASSWORD: undefined });
});
afterEach(() => vi.unstubAllGlobals());

test("the first admin gets a made-up password, told once, however many processes start at once", async () => {
  await Promise.all([ensureFirstAdmin(), ensureFirstAdmin(), ensureFirstAdmin()]);
  await ensureFirstAdmin();
  expect(told).toEqual([{ kind: "first-admin", username: "admin", password: expect.stringMatching(/^[\w-]{20}$/) }]);
  await signInLocally({ username: "admin", password: told[0]!.password }, client);
});

test("a password of the environment is used and not told", async () => {
  Object.assign(getEnv(), { SALLYPORT_ADMIN_USERNAME: "root", SALLYPORT_ADMIN_PASSWORD: "from the environment" });
  await ensureFirstAdmin();
  expect(told).toEqual([]);
  await signInLocally({ username: "root", password: "from the environment" }, client);
});

test("nobody is made while there is an admin, even a disabled one under another name", async () => {
  Object.assign(getEnv(), { SALLYPORT_ADMIN_USERNAME: "boss" });
  await ensureFirstAdmin();
  await getDb().update(users).set({ disabled: true });
  Object.assign(getEnv(), { SALLYPORT_ADMIN_USERNAME: "admin" });
  await ensureFirstAdmin();
  expect(told).toHaveLength(1);
  expect(await getDb().select({ username: users.username }).from(users)).toEqual([{ username: "boss" }]);
});

test("a password of the environment that breaks the rules stops the start with one clear line", async () => {
  Object.assign(getEnv(), { SALLYPORT_ADMIN_USERNAME: "administrator", SALLYPORT_ADMIN_PASSWORD: "Administrator" });
  await expect(ensureFirstAdmin()).rejects.toMatchObject({
    code: "configuration_invalid",
    message: "SALLYPORT_ADMIN_PASSWORD must not be the username.",
  });
});

test("the environment's API key is made, replaced when it changes and removed when it is unset", async () => {
  const set = async (value: string | undefined) => {
    Object.assign(getEnv(), { SALLYPORT_API_KEY: value });
    await Promise.all([ensureEnvironmentApiKey(), ensureEnvironmentApiKey()]);
  };
  const keys = () => getDb().select({ name: apiKeys.name, role: apiKeys.role }).from(apiKeys);
  await set("first-value-of-the-key-123");
  expect(await keys()).toEqual([{ name: "Environment", role: "admin" }]);
  const ctx = await authenticateApiKey("first-value-of-the-key-123", null);
  expect(ctx).toMatchObject({ actor: { kind: "api_key" }, grants: [{ role: "admin", nodeId: null }] });

  await set("second-value-of-the-key-123");
  expect(await keys()).toHaveLength(1);
  await authenticateApiKey("second-value-of-the-key-123", null);
  await expect(authenticateApiKey("first-value-of-the-key-123", null)).rejects.toMatchObject({
    code: "sign_in_required",
  });

  await getDb().update(apiKeys).set({ revokedAt: new Date() }).where(eq(apiKeys.name, "Environment"));
  await set("second-value-of-the-key-123");
  await authenticateApiKey("second-value-of-the-key-123", null);

  await set(undefined);
  expect(await keys()).toEqual([]);
});
