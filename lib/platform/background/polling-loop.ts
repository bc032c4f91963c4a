import type { Loop, Work } from "./task.ts";

/**
 * Work that is claimed and then done concurrently: each round claims as much as there's capacity for. While there is work, the next
 * round begins as soon as half of the last claim is done.
 * @param concurrency of one process: high, since work that hangs must not hold up the rest.
 * @param work never throws.
 */
export function pollWork<T>({
  claim,
  work,
  concurrency = 32,
}: {
  claim: (limit: number, loop: Loop) => Promise<T[]>;
  work: (claimed: T, loop: Loop) => Promise<unknown>;
  concurrency?: number;
}): Work {
  const inFlight = new Set<Promise<unknown>>();
  /** At most so many in flight begin the next round. */
  let few = -1;

  function begin(claimed: T, loop: Loop): void {
    const piece = work(claimed, loop).finally(() => {
      inFlight.delete(piece);
      if (inFlight.size <= few) loop.wake();
    });
    inFlight.add(piece);
  }

  return {
    async run(loop) {
      few = -1;
      const free = concurrency - inFlight.size;
      const claimed = free > 0 ? await claim(free, loop) : [];
      for (const one of claimed) begin(one, loop);
      if (claimed.length > 0) few = inFlight.size - Math.ceil(claimed.length / 2);
    },
    drain: () => Promise.all(inFlight),
  };
}
