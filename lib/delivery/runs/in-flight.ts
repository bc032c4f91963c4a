import { singleton } from "#lib/platform/env/singleton.ts";
import { clearEntries } from "./in-flight-journal.ts";
import { allRecorded } from "./store.ts";

const getRunning = () => singleton("runs.running", () => new Set<Promise<unknown>>());

/** Counts a run as under way until it is over, whoever still waits for it. */
export function trackRun<T>(run: Promise<T>): Promise<T> {
  const running = getRunning();
  const over = () => void running.delete(run);
  running.add(run);
  run.then(over, over);
  return run;
}

/** Resolves when no run of this process is under way and all are recorded, for the end of the process. */
export async function finishRuns(): Promise<void> {
  const running = getRunning();
  while (running.size > 0) await Promise.allSettled(running);
  await allRecorded();
  await clearEntries();
}
