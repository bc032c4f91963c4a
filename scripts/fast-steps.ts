import { join } from "node:path";
import type { Step } from "./steps.ts";

/** Where vitest and Playwright leave their counts. */
export const countFiles = {
  unit: join(".test", "unit.json"),
  database: join(".test", "database.json"),
  journeys: join(".test", "journeys.json"),
};

const sources = ["app", "lib", "drizzle/schema", "sandbox", "scripts", "server.ts"];

export function vitestStep(name: string, project: "unit" | "database"): Step {
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${countFiles[project]}`];
  return { name, commands: [["vitest", "run", "--project", project, ...reporters]] };
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
