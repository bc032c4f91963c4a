import { expect, test } from "vitest";
import { compareLines } from "./compare-lines.ts";

const lines = (...names: string[]) => names.join("\n");

test("a changed line is shown with both versions, their numbers, and three lines around it", () => {
  const older = lines("a", "b", "c", "d", "old", "f", "g", "h", "i");
  const newer = lines("a", "b", "c", "d", "new", "f", "g", "h", "i");
  const [part, ...others] = compareLines(older, newer) ?? [];
  expect(others).toEqual([]);
  expect(part?.map(({ mark, text }) => mark + text)).toEqual([" b", " c", " d", "-old", "+new", " f", " g", " h"]);
  expect(part?.find(({ mark }) => mark === "-")).toMatchObject({ oldLine: 5, newLine: null });
  expect(part?.find(({ mark }) => mark === "+")).toMatchObject({ oldLine: null, newLine: 5 });
});

test("changes far from each other are separate parts", () => {
  const middle = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  expect(compareLines(lines("a", ...middle, "z"), lines("b", ...middle, "y"))).toHaveLength(2);
});

test("equal texts have no parts, and a text next to none is new as a whole", () => {
  expect(compareLines("a\nb", "a\nb")).toEqual([]);
  expect(
    compareLines("", "a\nb")
      ?.flat()
      .map(({ mark }) => mark),
  ).toEqual(["+", "+"]);
});

test("texts with too little in common aren't compared", () => {
  const many = (word: string) => Array.from({ length: 1000 }, (_, index) => `${word} ${index}`).join("\n");
  expect(compareLines(many("a"), many("b"))).toBeNull();
});
