import { describe, expect, test } from "vitest";
import { expectLinear } from "#scripts/test-growth.ts";
import { matchesPattern } from "./match-pattern.ts";
import { PatternError } from "./translate.ts";

describe("a pattern decides as XML Schema says", () => {
  test.each([
    // Anchored at both ends; ^ and $ are characters.
    ["b", "abc", false],
    ["^a$", "^a$", true],
    ["^a$", "a", false],
    ["", "", true],
    ["", "a", false],
    ["a|b", "b", true],
    ["a|bc", "ac", false],
    ["a|", "", true],
    // Appendix F.1.1
    ["\\i\\c*", "_a-b.1·", true],
    ["\\i\\c*", "1a", false],
    ["\\I+", "123", true],
    ["\\C", "!", true],
    ["\\c+", "a:b", true],
    ["\\d+", "१२3", true],
    ["\\D+", "abc", true],
    ["\\w+", "straße5", true],
    ["\\w+", "a_b", false],
    ["\\w+", "a$b", true],
    ["\\W", "-", true],
    ["\\s", "\u00a0", false],
    ["\\s+", " \t\n\r", true],
    ["\\S", "\u00a0", true],
    [".", "\r", false],
    [".", "\u2028", true],
    [".", "😀", true],
    [".{2}", "😀", false],
    ["\\p{Lu}\\p{Ll}+", "Ärger", true],
    ["\\P{L}+", "12", true],
    ["[\\p{L}\\d]+", "é1", true],
    ["[^\\p{L}]+", "é1", false],
    ["\\p{IsBasicLatin}+", "abc", true],
    ["\\p{IsBasicLatin}+", "ä", false],
    ["\\P{IsBasicLatin}+", "ä", true],
    ["\\p{IsGreek}+", "αβ", true],
    ["\\p{IsLatin-1Supplement}+", "ä", true],
    // Classes
    ["[a-z-[aeiou]]+", "xyz", true],
    ["[a-z-[aeiou]]+", "xaz", false],
    ["[^a-z-[0-9]]+", "A_", true],
    ["[^a-z-[0-9]]+", "A1", false],
    ["[a-z-[b-y-[m]]]+", "amz", true],
    ["[a-z-[b-y-[m]]]+", "n", false],
    ["[a\\-z]+", "a-z", true],
    ["[a\\-z]+", "b", false],
    ["[-a]+", "-a", true],
    ["[a-]+", "-a", true],
    ["[\\^a^]+", "^a", true],
    ["[.$|(){}?*+]+", ".$|(){}?*+", true],
    ["[\\]\\[\\\\]+", "][\\", true],
    ["[😀-😂]+", "😁", true],
    ["a\\-b\\.c", "a-b.c", true],
    ["a\\-b\\.c", "a-bxc", false],
    ["[a-[a]]", "a", false],
    // Quantities
    ["a{2}", "aa", true],
    ["a{2}", "aaa", false],
    ["a{2,}", "aaaa", true],
    ["a{0,3}", "aaaa", false],
    ["(ab){2,3}", "ababab", true],
    ["(ab){2,3}", "ab", false],
    ["a{0}", "", true],
    [".{0,4000}", "x".repeat(4000), true],
    [".{0,4000}", "x".repeat(4001), false],
    ["A.{0,2000}", `A${"x".repeat(400)}`, true],
    ["(A[x]{1001,2500})", `A${"x".repeat(300)}`, false],
    ["[\\s\\S]{1,2147483647}", "x\n", true],
    // What JavaScript reads in another way
    ["\\/a\\@", "/a@", true],
  ])("%s on %j: %s", (pattern, text, fits) => {
    expect(matchesPattern(pattern, text)).toBe(fits);
  });

  test("long repetitions are exact", () => {
    const pattern = "(Ax{1001,1600})?";
    for (const [length, fits] of [
      [1000, false],
      [1001, true],
    ] as const)
      expect(matchesPattern(pattern, `A${"x".repeat(length)}`), String(length)).toBe(fits);
  });
});

test.each([
  "(a",
  "a)",
  "[a",
  "[]",
  "[b-a]",
  "[a[b]]",
  "a{2,1}",
  "a{x}",
  "*a",
  "a**",
  "a*?",
  "(?:a)",
  "\\k",
  "\\p{Nothing}",
  "\\p{IsNothing}",
  "\\",
  "(a{0,100}){0,100}",
  "(a{99999999999999999999})",
  "(a{1000}){0,1000000000}",
])("%s is an error, not a match", (pattern) => {
  expect(() => matchesPattern(pattern, "a")).toThrow(PatternError);
});

test("groups and classes that nest without end are an error", () => {
  for (const pattern of ["(".repeat(100_000), "[a-".repeat(100_000)])
    expect(() => matchesPattern(pattern, "a")).toThrow(PatternError);
});

test.each([
  [".*.*.*.*x", "a"],
  ["(a|a)*b", "a"],
  ["(a*)*b", "a"],
  ["((a+)+)+b", "a"],
  ["(a|aa)+b", "a"],
  ["(.*,)*x", ","],
  ["\\s*\\s*\\s*x", " "],
])("8 times as long a value takes %s about 8 times as long", (pattern, unit) => {
  expectLinear((text) => matchesPattern(pattern, text), unit, 80_000);
});

test("a value that would take too long is an error", () => {
  expect(() => matchesPattern("([ab]*a[ab]{200}c)+", "ab".repeat(20_000))).toThrow(/too long/);
});
