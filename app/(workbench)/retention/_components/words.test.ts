import { expect, test } from "vitest";
import { describeDays, formatBytes } from "./words.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [123_456, "123 kB"],
  [12_300_000, "12.3 MB"],
  [5e15, "5000 TB"],
])("%d bytes are %s", (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words);
});

test("days read as people say them", () => {
  expect([1, 90, null].map(describeDays)).toEqual(["1 day", "90 days", "for ever"]);
});
