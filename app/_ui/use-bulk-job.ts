"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionError, ActionResult } from "#lib/web/action-result.ts";
import type { BulkProgress } from "#lib/web/run-each.ts";
import { callAction } from "./call-action.ts";

export type ActionRow = { id: string; name: string; href: string };

/** What happens to each row: it waits as long as it has no result, runs with null. */
type Results<T> = ReadonlyMap<string, ActionResult<T> | null>;

export type BulkRun<T> = {
  rows: ActionRow[];
  /** As in “Disabling” and “Disabled”. */
  words: { doing: string; done: string };
  action: (ids: string[]) => Promise<ActionResult<ReadableStream<BulkProgress<T>>>>;
  /** What came of a row, if `words.done` doesn't say it. */
  outcomeOf?: (value: T) => string;
  /** Called with the rows that were done. */
  onEnd?: (done: { row: ActionRow; result: ActionResult<T> }[]) => void;
};

export type BulkJob = {
  rows: ActionRow[];
  words: BulkRun<unknown>["words"];
  results: Results<string>;
  isRunning: boolean;
};

/** Runs one bulk action at a time, and keeps what happens to each of its rows. The page's own data are read again at its end. */
export function useBulkJob(onDone: (succeeded: string[]) => void) {
  const router = useRouter();
  const [job, setJob] = useState<BulkJob | null>(null);

  async function run<T>({ rows, words, action, outcomeOf, onEnd }: BulkRun<T>) {
    const results = new Map<string, ActionResult<T> | null>();
    const show = (isRunning: boolean) =>
      setJob({ rows, words, isRunning, results: new Map([...results].map(([id, result]) => [id, toText(result)])) });
    const toText = (result: ActionResult<T> | null): ActionResult<string> | null =>
      result?.ok ? { ok: true, value: outcomeOf?.(result.value) ?? words.done } : result;

    show(true);
    const error = await readProgress(
      () => action(rows.map(({ id }) => id)),
      ({ id, result }) => {
        results.set(id, result);
        show(true);
      },
    );
    for (const { id } of rows) if (error && !results.get(id)) results.set(id, { ok: false, error });
    show(false);
    const ended = rows.flatMap((row) => {
      const result = results.get(row.id);
      return result ? [{ row, result }] : [];
    });
    onDone(ended.filter(({ result }) => result.ok).map(({ row }) => row.id));
    router.refresh();
    onEnd?.(ended);
  }

  return { job, run, dismiss: () => setJob(null) };
}

/** Reads the progress of a bulk action to its end; returns why it didn't begin or broke off. */
async function readProgress<T>(
  action: () => Promise<ActionResult<ReadableStream<BulkProgress<T>>>>,
  onProgress: (progress: BulkProgress<T>) => void,
): Promise<ActionError | null> {
  const answer = await callAction(async () => {
    const begun = await action();
    if (!begun.ok) return begun;
    const reader = begun.value.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) onProgress(next.value);
    return { ok: true as const, value: null };
  }, undefined);
  return answer.ok ? null : answer.error;
}
