import { expect, test } from "vitest";
import { expectLinear } from "#scripts/test-growth.ts";
import { readRetryAfter } from "./retry-after.ts";

const now = Date.parse("2026-01-01T00:00:00Z");

test.each([
  ["120", 120],
  ["0", 0],
  ["299.997", 299.997],
  ["123.39", 123.39],
  [".5", 0.5],
  ['"120"', 120],
  ["'120'", 120],
  [" 120 ", 120],
  ["120s", 120],
  ["120 s", 120],
  ["120 seconds", 120],
  ["2m", 120],
  ["2 minutes", 120],
  ["1m30s", 90],
  ["1500ms", 1.5],
  ["1 h", 3600],
  ["PT2M", 120],
  ["PT1M30.5S", 90.5],
  ["120, 60", 120],
  ["60, 120", 120],
  ["60;120", 120],
  ["soon, 60", 60],
  ["Thu, 01 Jan 2026 00:00:30 GMT", 30],
  ['"Thu, 01 Jan 2026 00:00:30 GMT"', 30],
  ["Thursday, 01-Jan-26 00:00:30 GMT", 30],
  ["Thu Jan  1 00:00:30 2026", 30],
  ["2026-01-01T00:00:30Z", 30],
  ["2026-01-01T00:00:30", 30],
  ["Wed, 31 Dec 2025 00:00:30 GMT", 0],
  ["999999999", 3600],
])("reads Retry-After: %s", (value, seconds) => {
  expect(readRetryAfter([["retry-after", value]], now)).toBe(seconds * 1000);
});

test.each(["soon", "", "-5", "120x", "1 2", "P", "PT", "NaN", "Infinity", "0x10", "1e3"])(
  "finds no wait in Retry-After: %s",
  (value) => {
    expect(readRetryAfter([["retry-after", value]], now)).toBeNull();
  },
);

test("the longest of several headers counts", () => {
  const headers: [string, string][] = [
    ["retry-after", "5"],
    ["retry-after", "7"],
  ];
  expect(readRetryAfter(headers, now)).toBe(7000);
  expect(readRetryAfter([], now)).toBeNull();
});

test("a long value takes no longer than reading it", () => {
  expectLinear((text) => readRetryAfter([["retry-after", text]], now), "1 ", 258_000);
});
