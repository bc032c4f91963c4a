import { expect, test } from "vitest";
import { listMessages } from "./use-problems.ts";

test("nested errors become messages at the paths of the arguments", () => {
  const error = (message: string) => ({ type: "server", message });
  const lines = [undefined, { price: error("must be a decimal such as 12.5."), "@unit": error("is missing") }];
  expect(listMessages({ order: { lines }, type: error("is missing") })).toEqual([
    ["order.lines[1].price", "must be a decimal such as 12.5."],
    ["order.lines[1].@unit", "is missing"],
    ["type", "is missing"],
  ]);
});
