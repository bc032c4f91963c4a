import { expect, test } from "vitest";
import { readVariables } from "./read-variables.ts";

test("a variable is text unless it is said to be JSON", () => {
  const typed = {
    id: { text: "3", isJson: false },
    quantity: { text: "3", isJson: true },
    lines: { text: '[{"sku": "A"}]', isJson: true },
  };
  expect(readVariables(typed)).toEqual({ values: { id: "3", quantity: 3, lines: [{ sku: "A" }] }, complaints: [] });
});

test("what is no JSON is said at its variable", () => {
  const { values, complaints } = readVariables({ quantity: { text: "three", isJson: true } });
  expect(values).toEqual({});
  expect(complaints.map(({ field }) => field)).toEqual(["variables.quantity"]);
});
