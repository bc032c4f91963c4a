import fc from "fast-check";
import { expect, test } from "vitest";
import { computeBackoff, planTimes, usableUntil } from "./times.ts";

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

const minute = 60_000;
const failures = fc.integer({ min: 1, max: 10_000 });
const random = fc.double({ min: 0, max: 1, noNaN: true });

test("a refusal is given a rest of 60 s, doubling up to half an hour", () => {
  const waits = [1, 2, 3, 4, 5, 6, 99].map((count) => computeBackoff("permanent", count, null, 0) / minute);
  expect(waits).toEqual([1, 2, 4, 8, 16, 25, 25]);
  expect(computeBackoff("permanent", 99, null, 1)).toBe(30 * minute);
});

test("an outage is given a rest of 1 s, doubling up to a minute", () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 99].map((count) => computeBackoff("transient", count, null, 0) / 1000);
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 50, 50]);
  expect(computeBackoff("transient", 99, null, 1)).toBe(minute);
});

test("no rest is shorter or longer than that, and by chance up to a fifth longer than the shortest of its step", () => {
  fc.assert(
    fc.property(failures, random, (count, chance) => {
      const permanent = computeBackoff("permanent", count, null, chance);
      expect(permanent).toBeGreaterThanOrEqual(minute);
      expect(permanent).toBeLessThanOrEqual(30 * minute);
      const transient = computeBackoff("transient", count, null, chance);
      expect(transient).toBeGreaterThanOrEqual(1000);
      expect(transient).toBeLessThanOrEqual(minute);
      const least = computeBackoff("transient", count, null, 0);
      expect(transient).toBe(Math.round(least * (1 + 0.2 * chance)));
    }),
  );
});

test("a provider that asks for longer is given it, and one that asks for less gets the usual rest", () => {
  expect(computeBackoff("transient", 1, 90_000, 0)).toBe(90_000);
  expect(computeBackoff("transient", 1, 60 * minute, 1)).toBe(72 * minute);
  expect(computeBackoff("transient", 5, 2000, 0)).toBe(16_000);
  expect(computeBackoff("permanent", 1, 0, 0)).toBe(minute);
});
