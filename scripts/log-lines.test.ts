import { expect, test } from "vitest";
import { formatLine } from "./log-lines.ts";

test("a log record becomes a line for people", () => {
  const record = {
    level: 40,
    time: "2026-01-02T03:04:05.678Z",
    msg: "not ready",
    attempts: 3,
    err: { stack: "Error: x\n    at y" },
  };
  expect(formatLine("web", JSON.stringify(record))).toBe(
    "03:04:05 web: warn not ready attempts=3 \n  Error: x\n      at y",
  );
});

test.each(["plain words", "{not json"])("a line that is no record stays as it is: %s", (line) => {
  expect(formatLine("worker", line)).toBe(`worker: ${line}`);
});
