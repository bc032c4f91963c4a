import { expect, test } from "vitest";
import { formatSlowest } from "./test-report.ts";

test("lists the slowest tests first and leaves out the others", () => {
  const tests = [
    { file: "lib/a.test.ts", name: "adds", ms: 12 },
    { file: "e2e/b.spec.ts", name: "signs in", ms: 61_250 },
    { file: "lib/c.db.test.ts", name: "stores", ms: 2040 },
  ];
  expect(formatSlowest(tests, 2)).toBe("  61.3 s  e2e/b.spec.ts: signs in\n   2.0 s  lib/c.db.test.ts: stores");
});
