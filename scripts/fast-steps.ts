import { join } from "node:path";
import type { Step } from "./steps.ts";

/** Where vitest and Playwright leave their reports. */
export const reportFiles = {
  unit: join(".test", "unit.json"),
  database: join(".test", "database.json"),
  journeys: join(".test", "journeys.json"),
};

const sources = ["app", "lib", "drizzle/schema", "sandbox", "scripts", "server.ts"];

/** @param selected files, or `file:line` of tests; all of the project's when empty. */
export function vitestStep(name: string, project: "unit" | "database", selected: string[] = []): Step {
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFiles[project]}`];
  return { name, commands: [["vitest", "run", "--project", project, ...reporters, ...selected]] };
}

/** What is fast enough to run before every commit. */
export const fastSteps: Step[] = [
  // Next writes the types of its routes first.
  {
    name: "types",
    commands: [
      ["next", "typegen"],
      ["tsc", "--noEmit"],
    ],
  },
  { name: "lint", commands: [["biome", "ci", "--colors=off", "."]] },
  { name: "boundaries", commands: [["depcruise", "--config", ".dependency-cruiser.mjs", ...sources]] },
  { name: "dead code", commands: [["knip", "--no-progress"]] },
  vitestStep("unit tests", "unit"),
];
