import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { v7 } from "uuid";
import { afterAll, beforeAll } from "vitest";
import { apiKeys } from "#drizzle/schema/api-keys.ts";
import { sessions } from "#drizzle/schema/sessions.ts";
import { users } from "#drizzle/schema/users.ts";
import { ensureFirstAdmin } from "#lib/access/accounts/admins.ts";
import { hashApiKey } from "#lib/access/api-keys/api-key-auth.ts";
import type { KeyRole } from "#lib/access/permissions/permissions.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { type Sandbox, startSandbox } from "#sandbox/start.ts";
import { makeTestFolder } from "#sandbox/test-folder.ts";
import { serveTestApi, type TestApi } from "./test-api.ts";
import { setUpTestDatabase } from "./test-database.ts";

/** Of the first admin, whom every portal has. */
export const adminPassword = "the first admin's password";

/** A portal for a test file: its own database, the sandbox, and the API with an admin's key. Call it at the top. */
export function serveTestPortal(): { api: TestApi; sandbox: () => Sandbox } {
  let sandbox: Sandbox | undefined;
  let dir: string | undefined;
  setUpTestDatabase();
  beforeAll(async () => {
    dir = await makeTestFolder();
    sandbox = await startSandbox({ dir });
    process.env.SALLYPORT_EXTRA_CA = sandbox.caFile;
    // No test leaves this machine, whatever URL an example holds.
    process.env.SALLYPORT_EGRESS = "allow:loopback, deny:*";
    process.env.SALLYPORT_ADMIN_PASSWORD = adminPassword;
    await ensureFirstAdmin();
  });
  const api = serveTestApi();
  beforeAll(async () => {
    api.key = await insertApiKey("admin");
  });
  afterAll(async () => {
    await sandbox?.close();
    if (dir) await rm(dir, { recursive: true });
  });
  return {
    api,
    sandbox: () => {
      if (!sandbox) throw new Error("the sandbox starts before the first test");
      return sandbox;
    },
  };
}

/** A key that the API knows, without asking the API. */
export async function insertApiKey(
  role: KeyRole,
  nodeId: string | null = null,
  expiresAt: Date | null = null,
): Promise<string> {
  const key = `test_${randomBytes(24).toString("base64url")}`;
  const id = v7();
  const values = {
    id,
    name: `${role} ${id}`,
    keyHash: hashApiKey(key),
    prefix: key.slice(0, 8),
    role,
    nodeId,
    expiresAt,
  };
  await getDb()
    .insert(apiKeys)
    .values({ ...values, createdBy: "test" });
  return key;
}

/** A session as signing in would make it, of the first admin; its id. */
export async function insertSession(): Promise<string> {
  const [admin] = await getDb().select({ id: users.id }).from(users).limit(1);
  const id = v7();
  const expiresAt = new Date(Date.now() + 3_600_000);
  await getDb().insert(sessions).values({ id, userId: admin!.id, method: "local", expiresAt });
  return id;
}
