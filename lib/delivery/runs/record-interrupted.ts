import { getPool } from "#lib/platform/db/client.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { entryLeaseMs } from "./in-flight-journal.ts";
import type { RunError } from "./model.ts";
import { runColumns } from "./recording/row-text.ts";

/** What is told of a run whose process was killed. */
export const interruption: RunError = {
  code: "interrupted",
  message: "The process that made this run ended in the middle of it.",
  hint: "Whether the service got the request is not known. Look there before you run it again.",
  providerCode: null,
};

// The run lasted at least until its process was last heard of; whose clock was wrong must not stop the others.
const selected = runColumns.replace(
  "duration_ms",
  `least(86400000, greatest(0, extract(epoch from heard_until - interval '${entryLeaseMs} milliseconds' - started_at) * 1000))::int`,
);
const statement = `
  with gone as (
    delete from run_starts where id in (
      select id from run_starts where until < now() order by until limit 100 for update skip locked)
    returning runs as notes, until as heard_until),
  begun as (
    select heard_until, run.* from gone cross join lateral json_populate_recordset(null::runs, notes) as run),
  slots as (delete from run_leases where run_id in (select id from begun))
  insert into runs (${runColumns}) select ${selected} from begun on conflict (id) do nothing`;

/**
 * Records the runs whose process is gone as interrupted, unless they were recorded, and gives their slots back.
 * Any number of workers may do so at once.
 * @returns how many.
 */
export async function recordInterrupted(): Promise<number> {
  const { rowCount } = await getPool().query(statement);
  const count = rowCount ?? 0;
  if (count > 0) getLog().warn({ runs: count }, "runs were interrupted: the process that made them is gone");
  return count;
}
