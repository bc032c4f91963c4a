import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { timeOfId } from "#lib/platform/db/uuid-time.ts";
import { type LogUse, logs, type Retention } from "#lib/platform/retention/model.ts";
import { findPartitions, measureLog, readSettings } from "#lib/platform/retention/store.ts";

/**
 * For how long runs and events of credentials are kept, and what they take up.
 * @throws AppError `forbidden`
 */
export async function getRetention(ctx: Context): Promise<Retention> {
  requirePermission(ctx, "retention.read");
  const [settings, uses] = await Promise.all([readSettings(getDb()), Promise.all(logs.map(measure))]);
  const { runsDays, credentialEventsDays, version, updatedAt } = settings;
  return {
    runsDays,
    credentialEventsDays,
    version,
    updatedAt: updatedAt.toISOString(),
    logs: uses.map((use) => ({ ...use, days: use.log === "runs" ? runsDays : credentialEventsDays })),
  };
}

async function measure(log: LogUse["log"]): Promise<Omit<LogUse, "days">> {
  const [{ rows, bytes, partitions, misplaced, oldest }, ranges] = await Promise.all([
    measureLog(log),
    findPartitions(getDb(), log),
  ]);
  const end = ranges.at(-1)?.to;
  return {
    log,
    oldestAt: oldest === null ? null : new Date(timeOfId(oldest)).toISOString(),
    rows,
    bytes,
    partitions,
    misplacedRows: misplaced,
    aheadUntil: end === undefined ? null : new Date(end).toISOString(),
  };
}
