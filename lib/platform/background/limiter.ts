/** Runs work as soon as there is room for it, first come, first served. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

/** Makes a limiter that runs at most `max` pieces of work concurrently. */
export function createLimiter(max: number): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < max) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The next one takes over the place, so that nobody slips in between.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
