import { eq } from "drizzle-orm";
import { apiKeys } from "#drizzle/schema/api-keys.ts";
import { lockAdmins } from "#lib/access/accounts/admins.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { hashApiKey } from "./api-key-auth.ts";

/** The name of the key that `SALLYPORT_API_KEY` sets; no other key may have it. */
export const environmentKeyName = "Environment";

/**
 * Brings the key of `SALLYPORT_API_KEY` into the table as an admin key: made, replaced when the value changed, removed
 * when the variable is unset. Called at the start; several processes may start at once.
 * @throws AppError `configuration_invalid` when the value is another key's.
 */
export async function ensureEnvironmentApiKey(): Promise<void> {
  const value = getEnv().SALLYPORT_API_KEY;
  await inTransaction(async (tx) => {
    await lockAdmins(tx);
    const [present] = await tx.select().from(apiKeys).where(eq(apiKeys.name, environmentKeyName));
    const keyHash = value === undefined ? null : hashApiKey(value);
    if (keyHash === (present?.keyHash ?? null) && !present?.revokedAt) return;
    if (present) await tx.delete(apiKeys).where(eq(apiKeys.id, present.id));
    const target = { kind: "api_key", id: present?.id ?? null, name: environmentKeyName };
    if (value !== undefined && keyHash !== null) {
      const [other] = await tx.select({ name: apiKeys.name }).from(apiKeys).where(eq(apiKeys.keyHash, keyHash));
      if (other) {
        throw new AppError(
          "configuration_invalid",
          `SALLYPORT_API_KEY has the value of the API key "${other.name}". Set another value.`,
        );
      }
      const prefix = value.slice(0, 4);
      const values = {
        name: environmentKeyName,
        keyHash,
        prefix,
        role: "admin",
        createdBy: "SALLYPORT_API_KEY",
      } as const;
      const [made] = await tx.insert(apiKeys).values(values).returning({ id: apiKeys.id });
      target.id = made!.id;
    }
    const action = value === undefined ? "api_key.delete" : present ? "api_key.replace" : "api_key.create";
    const after = value === undefined ? null : { role: "admin", nodeId: null, from: "SALLYPORT_API_KEY" };
    await recordAudit(tx, systemContext("start"), { action, target, after });
    await bumpChanges(tx);
  });
}
