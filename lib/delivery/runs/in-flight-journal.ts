import { setTimeout as wait } from "node:timers/promises";
import { v7 } from "uuid";
import { batchQueries } from "#lib/platform/db/batch-queries.ts";
import { getHeartbeatPool, getPool } from "#lib/platform/db/client.ts";
import { findViolation } from "#lib/platform/db/violations.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import type { RunRow } from "./model.ts";
import { toRowText } from "./recording/row-text.ts";

// The journal of runs in flight: if this process is killed, a worker finds its entries and records their runs as interrupted
// (record-interrupted.ts).
//
//   waiting  openEntry: the run waits for the statement that writes its batch
//   open     the batch is in run_starts, and every beat extends its lease; the run can send its request
//   closed   closeEntry of the batch's last run, once it's recorded; the next beat deletes the row
//   lost     the lease has expired, since the process is gone: a worker records the batch's runs and deletes the row
//
// A batch that is gone while its runs go on (the table is unlogged, so a crash of the database empties it) is inserted again.

/** How long an entry lasts without being extended, in ms. After that, its process counts as gone. */
export const entryLeaseMs = 8000;
const beatMs = 2000;
/** Pauses before the database is tried again, in milliseconds: a restart is bridged. */
const retryPauses = [50, 250, 1000];

/** What was written together: one row for all runs that began while the statement before it was under way. */
type Batch = { id: string; text: string; left: number };
/** The entry of one run. */
export type Entry = { batch: Batch };
type Journal = {
  write: (run: { id: string; text: string }) => Promise<Entry>;
  open: Map<string, Batch>;
  /** Batches whose runs are all recorded; the next beat deletes them. */
  closed: string[];
  timer: NodeJS.Timeout | null;
};

const getJournal = () =>
  singleton<Journal>("runs.journal", () => {
    const journal: Journal = {
      write: batchQueries<{ id: string; text: string }, Entry>({
        keyOf: ({ id }) => id,
        most: 500,
        patienceMs: null,
        inTransactions: true,
        // Without the wait for a disk, statements would be so quick that busy runs hardly shared one.
        pauseMs: 1,
        isCommon: () => true,
        work: (runs) => writeBatch(journal, runs),
      }),
      open: new Map(),
      closed: [],
      timer: null,
    };
    return journal;
  });

const lease = `now() + interval '${entryLeaseMs} milliseconds'`;
const insert = `insert into run_starts (id, until, runs) values ($1, ${lease}, $2)`;
const beat = `with gone as (delete from run_starts where id = any($1::uuid[]))
  update run_starts set until = ${lease} where id = any($2::uuid[]) returning id`;
// After a crash of the database the table is empty, while the runs go on.
const again = `insert into run_starts (id, until, runs)
  select id, ${lease}, runs from unnest($1::uuid[], $2::json[]) as entry (id, runs) on conflict (id) do nothing`;

/**
 * Opens an entry for a run before it sends anything. Runs that start together share a row and its statement.
 * @param row the run as it is recorded if its process ends.
 * @throws AppError `database_unavailable`, retryable: nothing was sent
 */
export async function openEntry(row: RunRow): Promise<Entry> {
  const run = { id: row.run.id, text: toRowText(row) };
  try {
    return await getJournal().write(run);
  } catch (cause) {
    throw new AppError("database_unavailable", "The run didn't start: the database is not reachable.", {
      hint: "Nothing was sent. Try again in a moment.",
      retryable: true,
      cause,
    });
  }
}

async function writeBatch(journal: Journal, runs: { text: string }[]): Promise<Entry[]> {
  const batch = { id: v7(), text: `[${runs.map(({ text }) => text).join(",")}]`, left: runs.length };
  await insertWithRetry(batch);
  journal.open.set(batch.id, batch);
  journal.timer ??= setInterval(() => void beatOnce(journal), beatMs).unref();
  return runs.map(() => ({ batch }));
}

async function insertWithRetry({ id, text }: Batch): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await getPool().query(insert, [id, text]);
      return;
    } catch (err) {
      // Sent again after the connection broke, it may be there already.
      if (attempt > 0 && findViolation(err)?.kind === "unique") return;
      const pause = retryPauses[attempt];
      if (pause === undefined) throw err;
      await wait(pause);
    }
  }
}

/** Closes the entry of a recorded run. */
export function closeEntry({ batch }: Entry): void {
  batch.left -= 1;
  if (batch.left > 0) return;
  const journal = getJournal();
  journal.open.delete(batch.id);
  journal.closed.push(batch.id);
}

/** Extends open batches and deletes closed ones. */
async function beatOnce(journal: Journal): Promise<void> {
  const closed = journal.closed.splice(0);
  const open = [...journal.open.values()];
  try {
    const { rows } = await getHeartbeatPool().query<{ id: string }>(beat, [closed, open.map(({ id }) => id)]);
    const there = new Set(rows.map(({ id }) => id));
    const lost = open.filter(({ id }) => !there.has(id) && journal.open.has(id));
    if (lost.length > 0) {
      await getHeartbeatPool().query(again, [lost.map(({ id }) => id), lost.map(({ text }) => text)]);
    }
  } catch (err) {
    journal.closed.push(...closed);
    getLog().warn({ err }, "the journal of runs in flight couldn't be extended");
  }
  if (journal.open.size > 0 || journal.closed.length > 0 || !journal.timer) return;
  clearInterval(journal.timer);
  journal.timer = null;
}

/** Deletes closed batches and stops extending the others, at the end of a process or a test. */
export async function clearEntries(): Promise<void> {
  const journal = getJournal();
  if (!journal.timer) return;
  await beatOnce(journal);
  if (journal.timer) clearInterval(journal.timer);
  journal.timer = null;
}
