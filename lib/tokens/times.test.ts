import fc from "fast-check";
import { expect, test } from "vitest";
import { computeBackoff } from "./backoff.ts";
import { planTimes, usableUntil } from "./times.ts";

const start = 1_000_000;

test.each([
  // lifetime, refresh interval, renewed after (seconds)
  [3600, 1800, 1800],
  [3600, 86_400, 3300],
  [600, 1800, 480],
  [5, 1800, 4],
  [86_400, 60, 60],
])("a token of %i s with a refresh interval of %i s is renewed after %i s", (lifetime, interval, renewed) => {
  expect(planTimes(start, lifetime, interval)).toEqual({
    acquiredAt: start,
    expiresAt: start + lifetime * 1000,
    renewAt: start + renewed * 1000,
  });
});

test("a token is renewed before it stops being sent, and stops being sent before it expires", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 86_400 }), fc.integer({ min: 60, max: 86_400 }), (lifetime, interval) => {
      const { acquiredAt, expiresAt, renewAt } = planTimes(start, lifetime, interval);
      const until = usableUntil(acquiredAt, expiresAt);
      expect(acquiredAt).toBeLessThan(renewAt);
      expect(renewAt).toBeLessThan(until);
      expect(until).toBeLessThan(expiresAt);
    }),
  );
});

test("backs off from 60 s to 30 min when refused, from 1 s to 1 min when the provider can't answer", () => {
  const waits = (kind: "permanent" | "transient") =>
    [1, 2, 3, 4, 5, 6, 7, 40].map((failures) => computeBackoff(kind, failures, null, 0) / 1000);
  expect(waits("permanent")).toEqual([60, 120, 240, 480, 960, 1800, 1800, 1800]);
  expect(waits("transient")).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
});

test("backs off at least as long as the provider asks, and spreads", () => {
  expect(computeBackoff("transient", 1, 90_000, 0)).toBe(90_000);
  expect(computeBackoff("permanent", 1, 5_000, 0)).toBe(60_000);
  expect(computeBackoff("permanent", 1, null, 1)).toBe(72_000);
});
