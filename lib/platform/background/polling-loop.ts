import { getLog } from "#lib/platform/log/log.ts";

const roundMs = 1000;

/**
 * Claims what is due again and again and works on it, until stopped: each time it claims as many as it has hands free.
 * While there is work it claims again as soon as half of the last batch is done; else once a second.
 * @param hands pieces of work at once in one worker: many, since one that hangs must not hold up the rest.
 * @param pauseMs how long it waits when there is nothing to claim; a second if left out.
 * @param what is claimed, for the log. @param work never throws.
 * @returns stops it and waits for what is in flight.
 */
export function startRounds<T>(options: {
  claim: (limit: number) => Promise<T[]>;
  work: (claimed: T) => Promise<void>;
  what: string;
  hands?: number;
  pauseMs?: () => number;
}): () => Promise<void> {
  const hands = options.hands ?? 32;
  const inFlight = new Set<Promise<void>>();
  let stopped = false;
  /** Looks whether the wait is over; called when a piece of work is done and when it stops. */
  let look = () => {};

  function begin(claimed: T): void {
    const piece = options.work(claimed).finally(() => {
      inFlight.delete(piece);
      look();
    });
    inFlight.add(piece);
  }

  /** Until at most so many are in flight, a round is over, or it stops. */
  function waitUntil(count: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        look = () => {};
        resolve();
      };
      // Spread, so that several workers don't ask the database in step.
      const timer = setTimeout(end, (options.pauseMs?.() ?? roundMs) * (0.8 + 0.4 * Math.random()));
      look = () => (stopped || inFlight.size <= count) && end();
      look();
    });
  }

  async function run(): Promise<void> {
    while (!stopped) {
      let claimed: T[] = [];
      try {
        const free = hands - inFlight.size;
        if (free > 0) claimed = await options.claim(free);
      } catch (err) {
        getLog().warn({ err }, `due ${options.what} could not be read`);
      }
      for (const piece of claimed) begin(piece);
      await waitUntil(claimed.length > 0 ? inFlight.size - Math.ceil(claimed.length / 2) : -1);
    }
  }

  const running = run();
  return async () => {
    stopped = true;
    look();
    await running;
    await Promise.all(inFlight);
  };
}
