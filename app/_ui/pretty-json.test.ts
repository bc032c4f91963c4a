import fc from "fast-check";
import { expect, test } from "vitest";
import { prettyJson } from "./pretty-json.ts";

test("JSON is laid out as JSON.stringify does it", () => {
  const structure = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));
  fc.assert(
    fc.property(structure, (value) => {
      const text = JSON.stringify(value);
      expect(prettyJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
    }),
  );
});

test("numbers stay as they were sent, whatever JavaScript makes of them", () => {
  expect(prettyJson('{"id":12345678901234567890,"price":1.10}')).toBe(
    '{\n  "id": 12345678901234567890,\n  "price": 1.10\n}',
  );
});

test("what is no JSON object or array is left alone", () => {
  for (const text of ["", "plain", "<a/>", "12", '"text"', '{"cut":"of']) expect(prettyJson(text)).toBeNull();
});
