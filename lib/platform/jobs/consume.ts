import type { JobAttempt, PgBoss } from "pg-boss";
import type { Loop, Work } from "#lib/platform/background/task.ts";
import { batchQueries } from "#lib/platform/db/batch-queries.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { getLog } from "#lib/platform/log/log.ts";

const touchEveryMs = 3000;

type Consumer = {
  queue: string;
  /** How many jobs this process works on at once. */
  concurrency: number;
  /** Opens the queue; called again after it failed. */
  open: () => Promise<PgBoss>;
  /** Called before each look at the queue, to put into it what has become ready. Says whether there may be more at once. */
  feed: (boss: PgBoss) => Promise<boolean>;
  /** Works on a job. When it throws, the job comes again after a second, to any worker. */
  handle: (id: string) => Promise<void>;
};

type Opened = { boss: PgBoss; loop: Loop; touching: NodeJS.Timeout };

/** What works on queues in this process. */
const getConsumers = () => singleton("jobs.consumers", () => new Map<Loop, string>());

/** Lets this process, if it works on a queue, look at it now and not at the end of its pause. */
export function wakeConsumers(queue: string): void {
  for (const [loop, name] of getConsumers()) if (name === queue) loop.wake();
}

/**
 * Works on the jobs of a queue. A job that this process has in hand is touched, so that other processes leave it alone; one
 * whose process ended comes to another one 10 to 15 s later.
 */
export function consumeJobs({ queue, concurrency, open, feed, handle }: Consumer): Work {
  let opened: Opened | null = null;
  const inHand = new Map<string, JobAttempt>();
  const work = new Set<Promise<void>>();

  async function openQueue(loop: Loop): Promise<Opened> {
    const boss = await open();
    getConsumers().set(loop, queue);
    const touching = setInterval(() => {
      if (inHand.size === 0) return;
      boss
        .touch(queue, [...inHand.values()])
        .catch((err) => getLog().warn({ err }, "jobs in hand could not be touched"));
    }, touchEveryMs);
    return { boss, loop, touching };
  }

  const begin = (attempt: JobAttempt, { boss, loop }: Opened) => {
    const isKnown = inHand.has(attempt.id);
    inHand.set(attempt.id, attempt);
    // It was taken from this process while the database could not be reached, and came back: the work goes on.
    if (isKnown) return;
    const working = finish(attempt.id, boss).finally(() => {
      inHand.delete(attempt.id);
      work.delete(working);
      loop.wake();
    });
    work.add(working);
  };

  const complete = batchQueries<JobAttempt, void>({
    keyOf: ({ id }) => id,
    work: async (attempts) => {
      await opened!.boss.complete(queue, attempts);
      return attempts.map(() => undefined);
    },
  });

  const finish = async (id: string, boss: PgBoss) => {
    try {
      await handle(id);
      await complete(inHand.get(id)!);
    } catch (err) {
      getLog().warn({ err, job: id }, "a job was not finished and will come again");
      await boss.fail(queue, inHand.get(id)!).catch(() => undefined);
    }
  };

  return {
    async run(loop) {
      opened ??= await openQueue(loop);
      const { boss } = opened;
      const hasMore = await feed(boss);
      const free = concurrency - inHand.size;
      const jobs = free > 0 && !loop.isStopping ? await boss.fetch(queue, { batchSize: free }) : [];
      for (const { id, retryCount } of jobs) begin({ id, retryCount }, opened);
      if (free > 0 && (hasMore || (jobs.length > 0 && jobs.length < free))) loop.pauseMs = 0;
    },
    async drain() {
      if (!opened) return;
      getConsumers().delete(opened.loop);
      await Promise.all(work);
      clearInterval(opened.touching);
      await opened.boss.stop({ graceful: false, close: false });
    },
  };
}
