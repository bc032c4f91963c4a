import fc from "fast-check";
import { expect, test } from "vitest";
import { expectLinear } from "#scripts/test-growth.ts";
import { ExactNumber, findRounded, isJsonValue, parseExactJson, spellOutNumbers } from "./exact-json.ts";

test.each([
  "8202522731445525542",
  "-9007199254740993",
  "9007199254740993",
  "3.14159265358979323846",
  "0.1000000000000000055511151231257827",
  "1e400",
  "-1E+999",
  "1e-400",
  "123456789012345678901234567890.5",
  "1234567890123456.789",
])("the number %s keeps its digits", (digits) => {
  const text = `{"a":[${digits},1],"b":"${digits}"}`;
  const parsed = parseExactJson(text);
  expect(parsed).toEqual({ a: [new ExactNumber(digits), 1], b: digits });
  expect(JSON.stringify(parsed)).toBe(text);
  expect(String(new ExactNumber(digits))).toBe(digits);
  expect(isJsonValue(parsed)).toBe(true);
  expect(findRounded(text)).toBe(digits);
  expect(spellOutNumbers(parsed)).toEqual({ a: [digits, 1], b: digits });
});

test.each([
  "9007199254740992",
  "9007199254740994",
  "0.1",
  "1.50",
  "100000000000000000000",
  "1e21",
  "1e2",
  "0e500",
  "-0",
  "0.30000000000000004",
])("the number %s stays a number", (digits) => {
  expect(parseExactJson(`[${digits}]`)).toEqual([JSON.parse(digits)]);
});

test("every JSON value is read as JSON.parse reads it, unless a number would be rounded", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseExactJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test("such a number isn't calculated with, and can't hold anything but a number", () => {
  expect(() => Number(new ExactNumber("8202522731445525542"))).toThrow(/too many digits/);
  expect(() => new ExactNumber('1,"admin":true')).toThrow(TypeError);
});

test("the time to parse grows with the length only, whatever a caller sends", () => {
  expectLinear((zeros) => parseExactJson(`[1.${zeros}1]`), "0", 64_000);
  const refused = (text: string) => expect(() => parseExactJson(`{"a":1e5,"${text}`)).toThrow(SyntaxError);
  expectLinear(refused, String.raw`\"`, 64_000);
});

test("a long text beside a number with an exponent is parsed", () => {
  const text = "x".repeat(9_000_000);
  expect(parseExactJson(`{"n":1e5,"text":"${text}"}`)).toEqual({ n: 1e5, text });
});
