import { dispatchRuns, restoreJobs } from "#lib/delivery/queue/dispatch.ts";
import { jobQueue } from "#lib/delivery/queue/queue.ts";
import type { Work } from "#lib/platform/background/task.ts";
import { addJobs, createQueue, startBoss } from "#lib/platform/jobs/boss.ts";
import { consumeJobs } from "#lib/platform/jobs/consume.ts";
import { runQueued } from "./run-queued.ts";

/** How many queued runs one worker makes at once. */
const concurrency = 50;

/** Makes the runs of the queue. */
export function makeQueuedRuns(): Work {
  return consumeJobs({
    queue: jobQueue,
    concurrency,
    open: async () => {
      const boss = await startBoss();
      await createQueue(boss, jobQueue);
      await restoreJobs((jobs, tx) => addJobs(boss, jobQueue, jobs, tx));
      return boss;
    },
    feed: (boss) => dispatchRuns((jobs, tx) => addJobs(boss, jobQueue, jobs, tx)),
    handle: runQueued,
  });
}
