import { expect, test } from "vitest";
import { keepDifferences } from "./keep-differences.ts";

test("of an update only the fields that differ are kept", () => {
  const before = { name: "A", scope: "x", proxy: { mode: "none" } };
  const after = { name: "B", scope: "x", proxy: { mode: "environment" }, notes: "new" };
  expect(keepDifferences(before, after)).toEqual({
    before: { name: "A", proxy: { mode: "none" }, notes: null },
    after: { name: "B", proxy: { mode: "environment" }, notes: "new" },
  });
});

test("a creation and a deletion are kept whole", () => {
  expect(keepDifferences(null, { name: "A" })).toEqual({ before: null, after: { name: "A" } });
  expect(keepDifferences({ name: "A" }, null)).toEqual({ before: { name: "A" }, after: null });
});
