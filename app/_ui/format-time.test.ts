import { expect, test } from "vitest";
import { formatDuration, formatInstant, formatRelative } from "./format-time.ts";

test.each([
  [0, "< 1 ms"],
  [12.4, "12 ms"],
  [999.4, "999 ms"],
  [999.6, "1 s"],
  [1234, "1.2 s"],
  [59_949, "59.9 s"],
  [59_960, "1 min"],
  [123_000, "2 min 3 s"],
  [3_900_000, "1 h 5 min"],
  [273_600_000, "3 d 4 h"],
])("%d ms is read as %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [0, "just now"],
  [59_000, "just now"],
  [-59_000, "in under a minute"],
  [-15_000, "just now"],
  [61_000, "1 min ago"],
  [-7_300_000, "in 2 h"],
  [90_000_000, "1 d ago"],
  [40 * 86_400_000, "1 mo ago"],
  [800 * 86_400_000, "2 y ago"],
])("%d ms ago is read as %s", (ago, text) => {
  expect(formatRelative(1e12 - ago, 1e12)).toBe(text);
});

test("an instant is shown in the time zone, an unknown zone as UTC", () => {
  const ms = Date.parse("2026-11-24T23:05:09Z");
  expect(formatInstant(ms, "Europe/Berlin", "full")).toBe("2026-11-25 00:05:09 UTC+1");
  expect(formatInstant(ms, "America/New_York", "minute")).toBe("2026-11-24 18:05");
  expect(formatInstant(ms, "UTC", "date")).toBe("2026-11-24");
  expect(formatInstant(ms, "Mars/Olympus", "second")).toBe("2026-11-24 23:05:09");
});
