import { expect, test } from "vitest";
import { byteUnits, formatQuantity, millisecondUnits, secondUnits, unitFor } from "./quantity.ts";

test.each([
  [1800, "30 min"],
  [7200, "2 h"],
  [90, "90 s"],
  [0, "0 s"],
  [90_000, "25 h"],
  ["", ""],
  ["12x", "NaN s"],
])("shows %s seconds in the largest unit without a fraction", (seconds, text) => {
  expect(formatQuantity(seconds, secondUnits)).toBe(text);
});

test("shows milliseconds and bytes in their units", () => {
  expect(formatQuantity(30_000, millisecondUnits)).toBe("30 s");
  expect(formatQuantity(1500, millisecondUnits)).toBe("1,500 ms");
  expect(formatQuantity(1_048_576, byteUnits)).toBe("1 MiB");
});

test("keeps the selected unit while it shows the value in whole numbers", () => {
  const [seconds, minutes, hours] = secondUnits as [
    (typeof secondUnits)[0],
    (typeof secondUnits)[0],
    (typeof secondUnits)[0],
  ];
  expect(unitFor(3600, secondUnits, minutes)).toBe(minutes);
  expect(unitFor(3600, secondUnits, null)).toBe(hours);
  expect(unitFor(90, secondUnits, minutes)).toBe(seconds);
  expect(unitFor("", secondUnits, hours)).toBe(hours);
});
