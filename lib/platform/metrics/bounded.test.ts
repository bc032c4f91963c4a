import { expect, test } from "vitest";
import { createBoundedLabel } from "./bounded.ts";

test("a label keeps its first values and calls the rest other", () => {
  const bound = createBoundedLabel(2);
  expect(["a", "b", "c", "a", "d", "b"].map(bound)).toEqual(["a", "b", "other", "a", "other", "b"]);
});
