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
