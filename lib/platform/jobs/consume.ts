import type { JobAttempt, PgBoss } from "pg-boss";
import { gather } from "#lib/platform/db/gather.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { getLog } from "#lib/platform/log/log.ts";

/** A pause between two looks at an empty queue. */
const pollMs = 250;
/** A pause after the database could not be asked. */
const troubleMs = 1000;
const touchEveryMs = 3000;

type Consumer = {
  boss: PgBoss;
  queue: string;
  /** How many jobs this process works on at once. */
  concurrency: number;
  /** Called before each look at the queue, to put into it what has become ready. Says whether there may be more at once. */
  feed: () => Promise<boolean>;
  /** Works on a job. When it throws, the job comes again after a second, to any worker. */
  handle: (id: string) => Promise<void>;
};

/** What works on queues in this process. */
const getConsumers = () => singleton("jobs.consumers", () => new Set<{ queue: string; wake: () => void }>());

/** Lets this process, if it works on a queue, look at it now and not at the end of its pause. */
export function wakeConsumers(queue: string): void {
  for (const consumer of getConsumers()) if (consumer.queue === queue) consumer.wake();
}

/**
 * Works on the jobs of a queue until stopped. A job that this process has in hand is touched, so that other processes leave it alone; one
 * whose process ended comes to another one 10 to 15 s later.
 * @returns stops taking jobs, and waits for those in hand.
 */
export function consumeJobs({ boss, queue, concurrency, feed, handle }: Consumer): () => Promise<void> {
  const inHand = new Map<string, JobAttempt>();
  const work = new Set<Promise<void>>();
  let isStopping = false;
  let isWoken = false;
  let resume = (): void => undefined;
  const wake = () => {
    isWoken = true;
    resume();
  };

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, isWoken ? 0 : ms);
      resume = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const begin = (attempt: JobAttempt) => {
    const isKnown = inHand.has(attempt.id);
    inHand.set(attempt.id, attempt);
    // It was taken from this process while the database could not be reached, and came back: the work goes on.
    if (isKnown) return;
    const working = finish(attempt.id).finally(() => {
      inHand.delete(attempt.id);
      work.delete(working);
      wake();
    });
    work.add(working);
  };

  const complete = gather<JobAttempt, void>({
    keyOf: ({ id }) => id,
    work: async (attempts) => {
      await boss.complete(queue, attempts);
      return attempts.map(() => undefined);
    },
  });

  const finish = async (id: string) => {
    try {
      await handle(id);
      await complete(inHand.get(id)!);
    } catch (err) {
      getLog().warn({ err, job: id }, "a job was not finished and will come again");
      await boss.fail(queue, inHand.get(id)!).catch(() => undefined);
    }
  };

  const loop = async () => {
    while (!isStopping) {
      isWoken = false;
      try {
        const hasMore = await feed();
        const free = concurrency - inHand.size;
        const jobs = free > 0 && !isStopping ? await boss.fetch(queue, { batchSize: free }) : [];
        for (const { id, retryCount } of jobs) begin({ id, retryCount });
        if (!isStopping && !(hasMore && free > 0) && (jobs.length === 0 || jobs.length === free)) await pause(pollMs);
      } catch (err) {
        getLog().warn({ err }, "the queue of jobs could not be read");
        if (!isStopping) await pause(troubleMs);
      }
    }
  };

  const touching = setInterval(() => {
    if (inHand.size === 0) return;
    boss.touch(queue, [...inHand.values()]).catch((err) => getLog().warn({ err }, "jobs in hand could not be touched"));
  }, touchEveryMs);
  const looping = loop();
  const consumer = { queue, wake };
  getConsumers().add(consumer);
  return async () => {
    isStopping = true;
    getConsumers().delete(consumer);
    wake();
    await looping;
    await Promise.all(work);
    clearInterval(touching);
  };
}
