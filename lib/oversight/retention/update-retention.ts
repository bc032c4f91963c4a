import { retention } from "#drizzle/schema/retention.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import type { Retention } from "#lib/platform/retention/model.ts";
import { readSettings } from "#lib/platform/retention/store.ts";
import { getRetention } from "./get-retention.ts";
import { type RetentionChanges, retentionChanges } from "./schema.ts";

/**
 * Changes for how long runs and events of credentials are kept. A worker drops what has expired within a minute or two.
 * @throws AppError `forbidden`, `invalid_input`, `stale_version`
 */
export async function updateRetention(ctx: Context, input: RetentionChanges): Promise<Retention> {
  requirePermission(ctx, "retention.write");
  const { version, ...changes } = retentionChanges.parse(input);
  await inTransaction(async (tx) => {
    const before = await readSettings(tx, true);
    if (before.version !== version) {
      throw new AppError("stale_version", "Someone else saved the retention after you opened it.", {
        hint: "Look at the current settings, then save again.",
        details: { current: before },
      });
    }
    const { runsDays = before.runsDays, credentialEventsDays = before.credentialEventsDays } = changes;
    if (runsDays === before.runsDays && credentialEventsDays === before.credentialEventsDays) return;
    await tx.update(retention).set({ runsDays, credentialEventsDays, version: version + 1, updatedAt: new Date() });
    await recordAudit(tx, ctx, {
      action: "retention.update",
      target: { kind: "retention", id: null, name: "Retention" },
      before: { runsDays: before.runsDays, credentialEventsDays: before.credentialEventsDays, version },
      after: { runsDays, credentialEventsDays, version: version + 1 },
    });
  });
  return getRetention(ctx);
}
