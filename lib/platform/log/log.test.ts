import type pino from "pino";
import { expect, test } from "vitest";
import { createLog } from "./log.ts";

function capture(write: (log: pino.Logger) => void): string {
  const lines: string[] = [];
  write(createLog("info", { write: (line: string) => void lines.push(line) }));
  return lines.join("");
}

test("known secret fields are removed at every depth that is logged", () => {
  const text = capture((log) =>
    log.info({ clientSecret: "canary-1", a: { authorization: "canary-2", b: { token: "canary-3" } } }, "x"),
  );
  expect(text).toContain("[removed]");
  expect(text).not.toContain("canary");
});

test("a database error is logged without the parameters of its query", () => {
  const err = Object.assign(new Error("Failed query: select $1\nparams: canary-4"), {
    query: "select $1",
    params: ["canary-5"],
  });
  const text = capture((log) => log.error({ err }, "failed"));
  expect(text).toContain("Failed query: select $1");
  expect(text).not.toContain("canary");
});

test("a parameter with line breaks is left out too, and the stack stays", () => {
  const err = new Error("Failed query: insert $1, $2\nparams: first line\ncanary-6\n\ncanary-7,canary-8");
  const text = capture((log) => log.error({ err }, "failed"));
  expect(text).toContain("Failed query: insert $1, $2");
  expect(text).toContain("log.test.ts");
  expect(text).not.toContain("canary");
});

test("the same holds for the error that another one was caused by", () => {
  const cause = new Error("Failed query: select $1\nparams: one\ncanary-9");
  const text = capture((log) => log.error({ err: new Error("it failed", { cause }) }, "failed"));
  expect(text).toContain("it failed");
  expect(text).not.toContain("canary");
});
