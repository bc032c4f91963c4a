import { dispatchRuns, restoreJobs } from "#lib/delivery/queue/dispatch.ts";
import { jobQueue } from "#lib/delivery/queue/queue.ts";
import { addJobs, createQueue, startBoss } from "#lib/platform/jobs/boss.ts";
import { consumeJobs } from "#lib/platform/jobs/consume.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { runQueued } from "./run-queued.ts";

/** How many queued runs one worker makes at once. */
const concurrency = 50;
/** A pause before the queue is opened again, when the database can't be reached. */
const retryMs = 2000;

/**
 * Makes the runs of the queue, in a worker, until stopped. Does not wait for the database: it begins when that is there.
 * @returns stops taking runs, and waits for those in progress.
 */
export function startWorking(): () => Promise<void> {
  let isStopping = false;
  let wake = (): void => undefined;
  const opening = (async () => {
    while (!isStopping) {
      try {
        const boss = await startBoss();
        await createQueue(boss, jobQueue);
        await restoreJobs((jobs, tx) => addJobs(boss, jobQueue, jobs, tx));
        const feed = () => dispatchRuns((jobs, tx) => addJobs(boss, jobQueue, jobs, tx));
        return { boss, stop: consumeJobs({ boss, queue: jobQueue, concurrency, feed, handle: runQueued }) };
      } catch (err) {
        getLog().warn({ err }, "the queue of runs could not be opened");
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, retryMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    }
    return null;
  })();
  return async () => {
    isStopping = true;
    wake();
    const opened = await opening;
    await opened?.stop();
    await opened?.boss.stop({ graceful: false, close: false });
  };
}
