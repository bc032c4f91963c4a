import { expect } from "vitest";

/** Less than this, in µs, says nothing: a garbage collection takes as long. */
const floor = 5000;

/**
 * Checks that work grows in proportion to its input: 8 times as much takes about 8 times as long, where quadratic work takes 64 times.
 * It compares CPU time of this thread, so other processes and threads don't count. Noise only adds time, so the least of several
 * measurements counts.
 * @param work what to do with a text, which repeats the unit
 * @param largeLength characters of the larger text
 */
export function expectLinear(work: (text: string) => void, unit: string, largeLength: number): void {
  const measure = (length: number) => {
    const text = unit.repeat(Math.ceil(length / unit.length));
    const before = process.threadCpuUsage().user;
    work(text);
    return process.threadCpuUsage().user - before;
  };
  let [small, large] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const isLinear = () => large < 30 * Math.max(floor, small);
  for (let attempt = 0; attempt < 8 && !isLinear(); attempt++) {
    small = Math.min(small, measure(largeLength / 8));
    large = Math.min(large, measure(largeLength));
  }
  expect(isLinear(), `${large} µs against ${small} µs`).toBe(true);
}
