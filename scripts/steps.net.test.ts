import { expect, test, vi } from "vitest";
import { formatResults, runSteps } from "./steps.ts";

vi.spyOn(console, "log").mockImplementation(() => undefined);
const node = (code: string) => [process.execPath, "--eval", code];

test("a step whose needs failed is not run, nor what needs that one", async () => {
  const results = await runSteps(
    [
      { name: "last", commands: [node("")], after: ["second"] },
      { name: "first", commands: [node("process.exit(3)")] },
      { name: "second", commands: [node("")], after: ["first"] },
      { name: "beside", commands: [node("")] },
    ],
    2,
  );
  expect(results.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
    "last not run",
    "first failed",
    "second not run",
    "beside passed",
  ]);
});

test("a step that comes later runs however the others ended", async () => {
  const results = await runSteps(
    [
      { name: "later", commands: [node("")], later: ["slow"] },
      { name: "slow", commands: [node("process.exit(1)")] },
    ],
    2,
  );
  expect(results.map(({ outcome }) => outcome)).toEqual(["passed", "failed"]);
  const finished = vi.mocked(console.log).mock.calls.map(([line]) => String(line));
  expect(finished.findIndex((line) => line.startsWith("✗ slow"))).toBeLessThan(finished.indexOf("… later"));
});

test("the commands of a step run one after the other until one fails", async () => {
  const [result] = await runSteps([{ name: "two", commands: [node("process.exit(1)"), node("")] }], 1);
  expect(result?.outcome).toBe("failed");
});

test("the table names every step, its outcome and its time", () => {
  const table = formatResults([
    { name: "types", outcome: "passed", seconds: 2.34 },
    { name: "journeys", outcome: "not run", seconds: 0 },
  ]);
  expect(table).toBe("types     passed      2.3 s\njourneys  not run  ");
});

test("a step that waits for one that does not exist is a mistake, not a step that never runs", async () => {
  const steps = [{ name: "journeys", commands: [node("")], later: ["program"] }];
  await expect(runSteps(steps, 1)).rejects.toThrow("The step “journeys” waits for “program”, which is no step.");
});
