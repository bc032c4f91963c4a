// A worker's queues, one per provider host: a slow provider keeps no capacity that others need, and one that is down isn't flooded.
//
//   claimed     `add`: it counts against the capacity of its provider, which `claimDue` keeps to
//   waiting     `start`: as many requests are in progress as the concurrency allows; first come, first served
//   requesting  `start` has resolved: the request can be sent
//   finished    `finish`: the next one that waits begins
//
// After `failingAfter` failures in a row a provider is failing, until a request succeeds. Meanwhile:
//   - its capacity grows by `failingRate` requests per second, up to `mostWhileFailing`
//   - `start` resolves to false for those that were claimed before it failed; they stay due
//
// A queue that holds nothing and has no failures is deleted.

/** The same while it fails: enough to see that it is back. */
const mostWhileFailing = 4;
/** Failures in a row after which a provider counts as failing. */
const failingAfter = 8;
/** Requests per second to a provider that fails. */
const failingRate = 20;

/** How many times the concurrency is claimed: the rest waits here, so that few claims do for many. */
const claimsPerRequest = 4;
/** A provider that answers quickly gets more of them: what it answers in a second. */
const mostClaims = 500;
const paceMs = 500;

type Queue = {
  claimed: number;
  requesting: number;
  waiting: (() => void)[];
  failures: number;
  budget: number;
  countedAt: number;
  /** Answers since a time, and how many a second came before it. */
  answers: number;
  answersSince: number;
  pace: number;
};

/** How many more credentials of each provider can be claimed now; one that is not named: `claimsOf`. */
export type Capacity = Record<string, number>;

/** The turn of one credential in the queue of its provider. */
export type Turn = {
  /**
   * Waits for it; no longer when it has come already.
   * @returns false when the provider began to fail meanwhile: what waited for it is to be left for later.
   */
  start: () => Promise<boolean>;
  /** The provider has answered; only the first call counts. @param failed whether it could not answer, null when it was not asked. */
  finish: (failed: boolean | null, now: number) => void;
};

export type ProviderQueues = {
  capacity: (now: number) => Capacity;
  /** The providers that are being asked at the pace of one that fails. */
  failing: () => string[];
  /** Adds a credential that was claimed. */
  add: (host: string, now: number) => Turn;
};

/** How many concurrent requests one worker makes to one provider: half of the slots, so that a run that needs a token finds one. */
export function concurrencyOf(slots: number): number {
  return Math.max(1, Math.floor(slots / 2));
}

/** How many credentials of one provider a worker claims at first: those that it requests and those that wait. */
export function claimsOf(slots: number): number {
  return concurrencyOf(slots) * claimsPerRequest;
}

/**
 * Makes the queues of one worker. Pure but for what it counts; times in milliseconds.
 * @param concurrency of requests to one provider.
 */
export function createProviderQueues(concurrency: number): ProviderQueues {
  const queues = new Map<string, Queue>();

  function refill(queue: Queue, now: number): void {
    queue.budget = Math.min(mostWhileFailing, queue.budget + (Math.max(0, now - queue.countedAt) * failingRate) / 1000);
    queue.countedAt = now;
  }

  function capacityOf(queue: Queue, now: number): number {
    if (queue.failures < failingAfter)
      return Math.max(concurrency * claimsPerRequest, Math.min(mostClaims, queue.pace));
    refill(queue, now);
    return Math.min(mostWhileFailing, concurrency, queue.claimed + Math.floor(queue.budget));
  }

  function countAnswer(queue: Queue, now: number): void {
    queue.answers++;
    const ms = now - queue.answersSince;
    if (ms < paceMs) return;
    queue.pace = Math.floor((queue.answers * 1000) / ms);
    Object.assign(queue, { answers: 0, answersSince: now });
  }

  function release(host: string, queue: Queue, failed: boolean | null, now: number): void {
    queue.claimed--;
    if (failed) {
      queue.failures++;
      queue.pace = 0;
      if (queue.failures === failingAfter) Object.assign(queue, { budget: 0, countedAt: now });
    } else if (failed === false) {
      queue.failures = 0;
      countAnswer(queue, now);
    }
    if (queue.claimed === 0 && queue.failures === 0) queues.delete(host);
  }

  return {
    capacity(now) {
      const capacity: Capacity = {};
      for (const [host, queue] of queues) capacity[host] = Math.max(0, capacityOf(queue, now) - queue.claimed);
      return capacity;
    },
    failing: () => [...queues].filter(([, { failures }]) => failures >= failingAfter).map(([host]) => host),
    add(host, now) {
      const queue = queues.get(host) ?? {
        ...{ claimed: 0, requesting: 0, waiting: [], failures: 0, budget: 0, countedAt: now },
        ...{ answers: 0, answersSince: now, pace: 0 },
      };
      queues.set(host, queue);
      queue.claimed++;
      if (queue.failures >= failingAfter) queue.budget = Math.max(0, queue.budget - 1);
      // Those that are claimed while it fails are the few that find out whether it still does.
      const mayFail = queue.failures >= failingAfter;
      let state: "waiting" | "requesting" | "finished" = "waiting";
      return {
        async start() {
          if (state === "waiting") {
            if (queue.requesting < concurrency) queue.requesting++;
            else await new Promise<void>((resolve) => queue.waiting.push(resolve));
            state = "requesting";
          }
          return mayFail || queue.failures < failingAfter;
        },
        finish(failed, at) {
          if (state === "finished") return;
          if (state === "requesting") {
            const next = queue.waiting.shift();
            if (next) next();
            else queue.requesting--;
          }
          state = "finished";
          release(host, queue, failed, at);
        },
      };
    },
  };
}
