import fc from "fast-check";
import { expect, test } from "vitest";
import { durationBounds, durationColumns, estimateQuantile } from "./durations.ts";

const classOf = (ms: number) => {
  const index = durationBounds.findIndex((bound) => ms < bound);
  return index === -1 ? durationBounds.length : index;
};
const countAll = (times: number[]) => {
  const counts = durationColumns.map(() => 0);
  for (const ms of times) counts[classOf(ms)]! += 1;
  return counts;
};

test("nothing has no median", () => {
  expect(estimateQuantile([], 0.5)).toBeNull();
  expect(
    estimateQuantile(
      durationColumns.map(() => 0),
      0.95,
    ),
  ).toBeNull();
});

test("a quantile lies in the class of the true one", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 29_000 }), { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0.5, 0.95),
      (times, quantile) => {
        const sorted = times.toSorted((one, other) => one - other);
        const truth = sorted[Math.ceil(quantile * sorted.length) - 1]!;
        const index = classOf(truth);
        const estimate = estimateQuantile(countAll(times), quantile)!;
        expect(estimate).toBeGreaterThanOrEqual(durationBounds[index - 1] ?? 0);
        expect(estimate).toBeLessThanOrEqual(durationBounds[index]!);
      },
    ),
  );
});

test("what is longer than all classes counts as the last bound", () => {
  expect(estimateQuantile(countAll([90_000, 120_000]), 0.5)).toBe(30_000);
});
