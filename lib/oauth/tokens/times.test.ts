import fc from "fast-check";
import { expect, test } from "vitest";
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
