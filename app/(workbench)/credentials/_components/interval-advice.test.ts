import { expect, test } from "vitest";
import { adviseOnInterval } from "./interval-advice.ts";

test("an interval longer than the token lives is said to be no use", () => {
  expect(adviseOnInterval(7200, 3600)).toMatch(/^The last token lived 1 h.*renewed after 55 min anyway/);
});

test("an interval so short that a provider throttles is advised against, with what would do", () => {
  expect(adviseOnInterval(60, 3600)).toMatch(/asked 1,440 times a day.*429.*30 min would do/);
  expect(adviseOnInterval(120, null)).toMatch(/asked 720 times a day/);
});

test.each([
  [1800, 3600],
  [1800, null],
  [60, 200],
  [Number.NaN, 3600],
  [30, 3600],
])("an interval of %s s with a token of %s s needs no advice", (interval, lifetime) => {
  expect(adviseOnInterval(interval, lifetime)).toBeNull();
});
