/** One measured loop. Times in milliseconds, CPU in microseconds of the process that makes the run. */
export type Measurement = { perSecond: number; p50: number; p99: number; cpuPerCall: number | null; calls: number };

type Loop = {
  /** How many calls are under way at any time. */
  atOnce: number;
  seconds: number;
  call: () => Promise<void>;
  /** CPU time used so far, in microseconds; null where it can't be read. */
  cpu: () => number | null;
};

/** Calls in `atOnce` loops for `seconds`, each loop waiting for its own call; one that throws ends the measurement. */
export async function measure({ atOnce, seconds, call, cpu }: Loop): Promise<Measurement> {
  const times: number[] = [];
  const cpuBefore = cpu();
  const began = performance.now();
  const end = began + seconds * 1000;
  const loop = async () => {
    for (let now = performance.now(); now < end; ) {
      await call();
      const after = performance.now();
      times.push(after - now);
      now = after;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, loop));
  const elapsed = performance.now() - began;
  const cpuAfter = cpu();
  times.sort((one, other) => one - other);
  return {
    perSecond: (times.length / elapsed) * 1000,
    p50: times[Math.floor(times.length * 0.5)] ?? 0,
    p99: times[Math.floor(times.length * 0.99)] ?? 0,
    cpuPerCall: cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / times.length,
    calls: times.length,
  };
}

/** Nanoseconds of one call, the median of several rounds. */
export async function measureNanoseconds(rounds: number, calls: number, call: () => unknown): Promise<number> {
  const results: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = process.hrtime.bigint();
    for (let index = 0; index < calls; index++) {
      const result = call();
      if (result instanceof Promise) await result;
    }
    results.push(Number(process.hrtime.bigint() - began) / calls);
  }
  return results.sort((one, other) => one - other)[Math.floor(rounds / 2)]!;
}
