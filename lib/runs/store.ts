import { sql } from "drizzle-orm";
import { outsideCorrelation } from "../correlation.ts";
import { getPool, type Transaction } from "../db/client.ts";
import { AppError } from "../errors.ts";
import { getLog } from "../log.ts";
import { watchGauge } from "../metrics/registry.ts";
import { singleton } from "../singleton.ts";
import type { Run } from "./model.ts";

/** A run as the table keeps it. */
export type RunRow = { run: Run; nodePath: readonly string[] };

/** How many runs, and characters, go into one statement. */
const maxBatch = 500;
const maxBatchLength = 4_000_000;
/** How many runs, and characters, may wait to be written before new runs are refused. */
const maxWaiting = 5000;
const maxWaitingLength = 64_000_000;
/** Pauses before a batch is tried again when the database is not reachable, in milliseconds. */
const retryPauses = [50, 250, 1000];

type Waiting = { json: string; done: () => void; fail: (err: unknown) => void };
type Queue = { waiting: Waiting[]; waitingLength: number; isWriting: boolean };

const getQueue = () =>
  singleton<Queue>("runs.queue", () => {
    const queue: Queue = { waiting: [], waitingLength: 0, isWriting: false };
    watchGauge(
      "sallyport_run_writes_waiting",
      "Finished runs of this process that wait to be written.",
      () => queue.waiting.length,
    );
    return queue;
  });

const columns =
  "id, trigger_id, trigger_name, transport_id, transport_name, node_id, node_path, credential_id, credential_name, event, actor, status, queued_at, due_at, started_at, duration_ms, attempts, response_status, error_code, proxy, token, request, response, error, soap, attempt_log, correlation_id";

// One parameter whatever the number of rows: the statement stays the same text. A batch that is sent again after the
// connection broke may already be there.
const insert = `insert into runs (${columns}) select ${columns} from json_populate_recordset(null::runs, $1::json) on conflict (id) do nothing`;

/**
 * Refuses new work while too many runs wait to be written.
 * @throws AppError `database_unavailable`, retryable
 */
export function requireRoom(): void {
  const { waiting, waitingLength } = getQueue();
  if (waiting.length < maxWaiting && waitingLength < maxWaitingLength) return;
  throw new AppError("database_unavailable", "The database can't keep up with recording runs.", {
    hint: "Try again in a moment.",
    retryable: true,
  });
}

/**
 * Writes a finished run and returns when it is committed. Group commit: what finishes while one INSERT is under way goes
 * into the next one, so the cost of a commit is shared; a run that finishes alone is written at once.
 * @throws AppError `database_unavailable` when it could not be written
 */
export function recordRun(row: RunRow): Promise<void> {
  const queue = getQueue();
  return new Promise((done, fail) => {
    const json = toJson(row);
    queue.waiting.push({ json, done, fail });
    queue.waitingLength += json.length;
    if (queue.isWriting) return;
    queue.isWriting = true;
    // After this turn of the event loop, so that runs which finish in the same one share a statement.
    setImmediate(() => outsideCorrelation(() => void writeAll(queue)));
  });
}

async function writeAll(queue: Queue): Promise<void> {
  while (queue.waiting.length > 0) await writeBatch(takeBatch(queue));
  queue.isWriting = false;
}

function takeBatch(queue: Queue): Waiting[] {
  const { waiting } = queue;
  let count = 0;
  let length = 0;
  while (
    count < waiting.length &&
    count < maxBatch &&
    (count === 0 || length + waiting[count]!.json.length <= maxBatchLength)
  ) {
    length += waiting[count]!.json.length;
    count++;
  }
  queue.waitingLength -= length;
  return waiting.splice(0, count);
}

/** Writes a run in a transaction: one that is queued, or refused at once. */
export async function insertRun(tx: Transaction, row: RunRow): Promise<void> {
  const names = sql.raw(columns);
  await tx.execute(
    sql`insert into runs (${names}) select ${names} from json_populate_record(null::runs, ${toJson(row)}::json)`,
  );
}

/**
 * Writes how a queued run ended over what stood there; what was finished otherwise meanwhile stays, unless that was only the guess
 * that its process had ended.
 */
export async function replaceRun(tx: Transaction, row: RunRow): Promise<void> {
  const names = sql.raw(columns);
  await tx.execute(sql`
    update runs set (${names}) = (select ${names} from json_populate_record(null::runs, ${toJson(row)}::json))
    where id = ${row.run.id} and (status in ('queued', 'running') or error_code = 'interrupted')`);
}

/** Never throws: each run of the batch is told how it went. */
async function writeBatch(batch: Waiting[]): Promise<void> {
  try {
    await writeWithRetry(batch);
    for (const run of batch) run.done();
  } catch (err) {
    if (batch.length > 1 && isAboutData(err)) {
      for (const run of batch) await writeBatch([run]);
      return;
    }
    getLog().error({ err, runs: batch.length }, "runs could not be recorded");
    const failure = new AppError("database_unavailable", "The request was sent, but the run could not be recorded.", {
      hint: "The database is not reachable. Look at the service before you run it again.",
      cause: err,
    });
    for (const run of batch) run.fail(failure);
  }
}

async function writeWithRetry(batch: Waiting[]): Promise<void> {
  const parameter = `[${batch.map((run) => run.json).join(",")}]`;
  for (let attempt = 0; ; attempt++) {
    try {
      await getPool().query(insert, [parameter]);
      return;
    } catch (err) {
      const pause = retryPauses[attempt];
      if (pause === undefined || isAboutData(err)) throw err;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/**
 * SQLSTATE classes 22 (data exception), 23 (constraint violation) and 54 (limit exceeded): a row is to blame, not the
 * database. Not 23514 (check violation): the table has no checks but those of its partitions, and a row on its way into the
 * default partition is refused once when its own partition is made at that moment.
 */
function isAboutData(err: unknown): boolean {
  const code = err instanceof Error && "code" in err ? err.code : null;
  return typeof code === "string" && code !== "23514" && /^(22|23|54)/.test(code);
}

/** The row as the statements take it, by the names of the columns. */
function toJson({ run, nodePath }: RunRow): string {
  return JSON.stringify({
    id: run.id,
    trigger_id: run.triggerId,
    trigger_name: run.triggerName,
    transport_id: run.transportId,
    transport_name: run.transportName,
    node_id: run.nodeId,
    node_path: nodePath,
    credential_id: run.credentialId,
    credential_name: run.credentialName,
    event: run.event,
    actor: run.actor,
    status: run.status,
    queued_at: run.queuedAt,
    due_at: run.dueAt,
    started_at: run.startedAt,
    duration_ms: run.durationMs,
    attempts: run.attempts,
    response_status: run.response?.status ?? null,
    error_code: run.error?.code ?? null,
    proxy: run.proxy,
    token: run.token,
    request: run.request,
    response: run.response,
    error: run.error,
    soap: run.soap,
    attempt_log: run.attemptLog,
    correlation_id: run.correlationId,
  });
}
