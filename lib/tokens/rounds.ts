import { getLog } from "../log.ts";

/** Pieces of work at once in one worker: many, since one that hangs must not hold up the rest. */
const maxAtOnce = 32;
const roundMs = 1000;

/**
 * Claims what is due again and again and works on it, until stopped: each round it claims as many as it has hands free.
 * @param what is claimed, for the log. @param work never throws.
 * @returns stops it and waits for what is in flight.
 */
export function startRounds<T>(options: {
  claim: (limit: number) => Promise<T[]>;
  work: (claimed: T) => Promise<void>;
  what: string;
}): () => Promise<void> {
  const inFlight = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | null = null;
  let round: Promise<void> = Promise.resolve();
  let stopped = false;

  async function runRound(): Promise<void> {
    try {
      const free = maxAtOnce - inFlight.size;
      for (const claimed of free > 0 ? await options.claim(free) : []) {
        const piece = options.work(claimed).finally(() => inFlight.delete(piece));
        inFlight.add(piece);
      }
    } catch (err) {
      getLog().warn({ err }, `due ${options.what} could not be read`);
    }
    // Spread, so that several workers don't ask the database in step.
    if (!stopped) timer = setTimeout(next, roundMs * (0.8 + 0.4 * Math.random()));
  }
  const next = () => {
    round = runRound();
  };
  next();
  return async () => {
    stopped = true;
    await round;
    if (timer) clearTimeout(timer);
    await Promise.all(inFlight);
  };
}
