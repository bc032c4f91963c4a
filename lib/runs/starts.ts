import { setTimeout as wait } from "node:timers/promises";
import { v7 } from "uuid";
import { outsideCorrelation } from "../correlation.ts";
import { getHeartbeatPool, getPool } from "../db/client.ts";
import { findViolation } from "../db/violations.ts";
import { AppError } from "../errors.ts";
import { getLog } from "../log.ts";
import { singleton } from "../singleton.ts";
import { toRowText } from "./row-text.ts";
import type { RunRow } from "./store.ts";

/** How long a note holds without being extended; then its process counts as gone. */
export const noteLeaseMs = 8000;
const beatMs = 2000;
const maxBatch = 500;
/** Between two statements: without the wait for a disk they would be so quick that busy runs hardly shared one. */
const gatherMs = 1;
/** Pauses before the database is tried again, in milliseconds: a restart is bridged. */
const retryPauses = [50, 250, 1000];

/** What was written together: one row for all runs that began while the statement before it was under way. */
type Batch = { id: string; text: string; left: number };
/** The note of one run. */
export type Note = { batch: Batch };
type Waiting = { text: string; done: (note: Note) => void; fail: (err: unknown) => void };
type Notes = {
  waiting: Waiting[];
  isWriting: boolean;
  open: Map<string, Batch>;
  /** Batches whose runs are all recorded; the next beat deletes them. */
  closed: string[];
  timer: NodeJS.Timeout | null;
};

const getNotes = () =>
  singleton<Notes>("runs.notes", () => ({ waiting: [], isWriting: false, open: new Map(), closed: [], timer: null }));

const lease = `now() + interval '${noteLeaseMs} milliseconds'`;
const insert = `insert into run_starts (id, until, runs) values ($1, ${lease}, $2)`;
const beat = `with gone as (delete from run_starts where id = any($1::uuid[]))
  update run_starts set until = ${lease} where id = any($2::uuid[]) returning id`;
// After a crash of the database the table is empty, while the runs go on.
const again = `insert into run_starts (id, until, runs)
  select id, ${lease}, runs from unnest($1::uuid[], $2::json[]) as note (id, runs) on conflict (id) do nothing`;

/**
 * Notes that a run begins, before anything is sent: if this process is killed, a worker finds the note and records the run as
 * interrupted. Runs that begin together share a note and its statement; the table is unlogged, so none waits for the disk.
 * @param row as the run is to be recorded if nothing more is heard of it.
 * @throws AppError `database_unavailable`, retryable: nothing was sent
 */
export function noteStart(row: RunRow): Promise<Note> {
  const notes = getNotes();
  return new Promise((done, fail) => {
    notes.waiting.push({ text: toRowText(row), done, fail });
    if (notes.isWriting) return;
    notes.isWriting = true;
    setImmediate(() => outsideCorrelation(() => void writeAll(notes)));
  });
}

async function writeAll(notes: Notes): Promise<void> {
  while (notes.waiting.length > 0) {
    await writeBatch(notes, notes.waiting.splice(0, maxBatch));
    await wait(gatherMs);
  }
  notes.isWriting = false;
}

/** Never throws: each run of the batch is told how it went. */
async function writeBatch(notes: Notes, waiting: Waiting[]): Promise<void> {
  const batch = { id: v7(), text: `[${waiting.map(({ text }) => text).join(",")}]`, left: waiting.length };
  try {
    await insertWithRetry(batch);
    notes.open.set(batch.id, batch);
    notes.timer ??= setInterval(() => void beatOnce(notes), beatMs).unref();
    for (const run of waiting) run.done({ batch });
  } catch (cause) {
    const failure = new AppError("database_unavailable", "The run was not begun: the database is not reachable.", {
      hint: "Nothing was sent. Try again in a moment.",
      retryable: true,
      cause,
    });
    for (const run of waiting) run.fail(failure);
  }
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

/** Says that a run is recorded, so that its note has served. */
export function closeNote({ batch }: Note): void {
  batch.left -= 1;
  if (batch.left > 0) return;
  const notes = getNotes();
  notes.open.delete(batch.id);
  notes.closed.push(batch.id);
}

/** Extends the notes of what is under way, and deletes those that have served. */
async function beatOnce(notes: Notes): Promise<void> {
  const closed = notes.closed.splice(0);
  const open = [...notes.open.values()];
  try {
    const { rows } = await getHeartbeatPool().query<{ id: string }>(beat, [closed, open.map(({ id }) => id)]);
    const there = new Set(rows.map(({ id }) => id));
    const lost = open.filter(({ id }) => !there.has(id) && notes.open.has(id));
    if (lost.length > 0) {
      await getHeartbeatPool().query(again, [lost.map(({ id }) => id), lost.map(({ text }) => text)]);
    }
  } catch (err) {
    notes.closed.push(...closed);
    getLog().warn({ err }, "the notes of runs in progress were not extended");
  }
  if (notes.open.size > 0 || notes.closed.length > 0 || !notes.timer) return;
  clearInterval(notes.timer);
  notes.timer = null;
}

/** Deletes the notes that have served and extends no others, for the end of a process or a test. */
export async function clearNotes(): Promise<void> {
  const notes = getNotes();
  if (!notes.timer) return;
  await beatOnce(notes);
  if (notes.timer) clearInterval(notes.timer);
  notes.timer = null;
}
