import { expect, test } from "vitest";
import { readVariables, toTyped } from "./read-variables.ts";

test("a variable is text unless it is said to be JSON", () => {
  const typed = {
    id: { text: "3", isJson: false },
    quantity: { text: "3", isJson: true },
    lines: { text: '[{"sku": "A"}]', isJson: true },
  };
  expect(readVariables(typed)).toEqual({ values: { id: "3", quantity: 3, lines: [{ sku: "A" }] }, complaints: [] });
});

test("values of a previous run are typed so that they're read as they were", () => {
  const values = { id: "3", quantity: 3, lines: [{ sku: "A" }], code: "x", none: null, on: false };
  const typed = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, toTyped(value, name === "code")]),
  );
  expect(readVariables(typed)).toEqual({ values, complaints: [] });
  expect(toTyped(undefined, true)).toEqual({ text: "", isJson: true });
});

test("what is no JSON is said at its variable", () => {
  const { values, complaints } = readVariables({ quantity: { text: "three", isJson: true } });
  expect(values).toEqual({});
  expect(complaints.map(({ field }) => field)).toEqual(["variables.quantity"]);
});
