import { setTimeout as wait } from "node:timers/promises";
import { type SQL, sql } from "drizzle-orm";
import { batchQueries } from "#lib/platform/db/batch-queries.ts";
import { getPool, type Transaction } from "#lib/platform/db/client.ts";
import { findViolation } from "#lib/platform/db/violations.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { watchGauge } from "#lib/platform/metrics/registry.ts";
import { closeEntry, type Entry } from "./in-flight-journal.ts";
import type { RunRow } from "./model.ts";
import { runColumns, toRowText } from "./recording/row-text.ts";

/** How many runs, and characters, go into one statement. */
const maxBatch = 500;
const maxBatchLength = 4_000_000;
/** How many runs, and characters, may wait to be written before new runs are refused. */
const maxWaiting = 5000;
const maxWaitingLength = 64_000_000;
/** Pauses before a batch is tried again when the database is not reachable, in milliseconds. */
const retryPauses = [50, 250, 1000];
/** How long who waits for a run to be recorded is kept in the dark. */
const tellMs = 5000;

type Waiting = {
  id: string;
  json: string;
  entry: Entry | undefined;
  /** By performance.now(). */
  since: number;
  fail: (err: unknown) => void;
};
type Queue = {
  waiting: Set<Waiting>;
  waitingLength: number;
  /** Those that wait, and those that are being written. */
  unwritten: Set<Promise<void>>;
  write: (run: Waiting) => Promise<void>;
};

const getQueue = () =>
  singleton<Queue>("runs.queue", () => {
    const queue: Queue = {
      waiting: new Set(),
      waitingLength: 0,
      unwritten: new Set(),
      write: batchQueries<Waiting, void>({
        keyOf: ({ id }) => id,
        most: maxBatch,
        sizeOf: ({ json }) => json.length,
        mostSize: maxBatchLength,
        patienceMs: null,
        inTransactions: true,
        work: (runs) => writeBatch(runs, queue),
      }),
    };
    watchGauge(
      "sallyport_run_writes_waiting",
      "Finished runs of this process that wait to be written.",
      () => queue.waiting.size,
    );
    return queue;
  });

const excluded = runColumns.replaceAll(/\w+/g, "excluded.$&");
// One parameter whatever the number of rows: the statement stays the same text.
const insert = `insert into runs (${runColumns}) select ${runColumns} from json_populate_recordset(null::runs, $1::json)`;
// A batch that is sent again after the connection broke may already be there; a run that was taken for interrupted says itself
// how it ended. Only when a plain INSERT was refused: this one costs Postgres a third more per run.
const insertOver = `${insert}
  on conflict (id) do update set (${runColumns}) = row(${excluded}) where runs.error_code = 'interrupted'`;

/**
 * Refuses new work while too many runs wait to be written.
 * @throws AppError `database_unavailable`, retryable
 */
export function requireRoom(): void {
  const { waiting, waitingLength } = getQueue();
  if (waiting.size < maxWaiting && waitingLength < maxWaitingLength) return;
  throw new AppError("database_unavailable", "The database can't keep up with recording runs.", {
    hint: "Try again in a moment.",
    retryable: true,
  });
}

/**
 * Writes a finished run and returns when it is committed. Group commit: what finishes while one INSERT is under way goes
 * into the next one, so the cost of a commit is shared; a run that finishes alone is written at once. While the database is
 * not reachable the run is kept and tried again; who waits for it is told after 5 s.
 * @param entry in the journal, closed once the run is recorded.
 * @throws AppError `database_unavailable` when it is not written yet, or can't be
 */
export function recordRun(row: RunRow, entry?: Entry): Promise<void> {
  const queue = getQueue();
  return new Promise((done, fail) => {
    const run = { id: row.run.id, json: toRowText(row), entry, since: performance.now(), fail };
    const writing: Promise<void> = queue
      .write(run)
      .then(done, (err) => {
        getLog().error({ err }, "a run could not be recorded");
        // Its entry stays, so that a worker records it.
        fail(notRecorded("It can't be stored as it is.", err));
      })
      .finally(() => queue.unwritten.delete(writing));
    queue.unwritten.add(writing);
    queue.waiting.add(run);
    queue.waitingLength += run.json.length;
  });
}

/** Resolves when every run that has finished is written. */
export async function allRecorded(): Promise<void> {
  const { unwritten } = getQueue();
  while (unwritten.size > 0) await Promise.all(unwritten);
}

/** Writes runs in a transaction: those that are queued, or refused at once. */
export async function insertRuns(tx: Transaction, rows: readonly RunRow[]): Promise<void> {
  if (rows.length === 0) return;
  const names = sql.raw(runColumns);
  const texts = `[${rows.map(toRowText).join(",")}]`;
  await tx.execute(
    sql`insert into runs (${names}) select ${names} from json_populate_recordset(null::runs, ${texts}::json)`,
  );
}

/** Writes a run over what stands there of it, if anything. */
export async function upsertRun(tx: Transaction, row: RunRow): Promise<void> {
  const names = sql.raw(runColumns);
  await tx.execute(sql`
    insert into runs (${names}) select ${names} from json_populate_record(null::runs, ${toRowText(row)}::json)
    on conflict (id) do update set (${names}) = row(${sql.raw(excluded)})`);
}

/**
 * The statement that writes how queued runs ended over what stood there; what was finished otherwise meanwhile stays, unless that was
 * only the guess that its process had ended.
 */
export function replaceRuns(rows: readonly RunRow[]): SQL {
  const texts = `[${rows.map(toRowText).join(",")}]`;
  return sql`
    update runs set (${sql.raw(runColumns)}) = row(${sql.raw(runColumns.replaceAll(/\w+/g, "given.$&"))})
    from json_populate_recordset(null::runs, ${texts}::json) as given
    where runs.id = given.id and runs.id = any(${sql.param(rows.map(({ run }) => run.id))}::uuid[])
      and (runs.status in ('queued', 'running', 'held') or runs.error_code = 'interrupted')`;
}

/** @throws what a row is to blame for. */
async function writeBatch(batch: Waiting[], queue: Queue): Promise<undefined[]> {
  for (const run of batch) if (queue.waiting.delete(run)) queue.waitingLength -= run.json.length;
  await writeWithRetry(batch, queue);
  for (const { entry } of batch) if (entry) closeEntry(entry);
  return batch.map(() => undefined);
}

async function writeWithRetry(batch: Waiting[], queue: Queue): Promise<void> {
  const parameter = `[${batch.map((run) => run.json).join(",")}]`;
  let statement = insert;
  for (let attempt = 0; ; attempt++) {
    try {
      await getPool().query(statement, [parameter]);
      return;
    } catch (err) {
      if (statement === insert && findViolation(err)?.kind === "unique") {
        statement = insertOver;
        continue;
      }
      if (isAboutData(err)) throw err;
      tellWhoWaits([...batch, ...queue.waiting], err);
      await wait(retryPauses[attempt] ?? retryPauses.at(-1));
    }
  }
}

/** Nobody waits longer than 5 s for the database; what is told once is told. */
function tellWhoWaits(runs: Waiting[], err: unknown): void {
  const late = runs.filter(({ since }) => performance.now() - since > tellMs);
  for (const run of late) {
    run.fail(notRecorded("The database is not reachable; the run is recorded as soon as it is.", err));
  }
  getLog().error({ err, runs: runs.length }, "runs could not be recorded yet");
}

function notRecorded(why: string, cause: unknown): AppError {
  return new AppError("database_unavailable", "The request was sent, but the run could not be recorded.", {
    hint: `${why} Look at the service before you run it again.`,
    cause,
  });
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
