import { fastSteps, reportFiles, vitestStep } from "./fast-steps.ts";
import { describeInstallation } from "./installation.ts";
import { describeStillMissing, describeThisMachine } from "./missing-programs.ts";
import { runAndReport } from "./run-and-report.ts";
import { selectTests } from "./select-tests.ts";
import type { Step } from "./steps.ts";

// npm test: everything, from types to browser journeys. npm test -- WORD…: in every stage, the tests whose path or name contains a word.
const script = (name: string) => [process.execPath, "--disable-warning=ExperimentalWarning", `scripts/${name}.ts`];

// What tests need besides npm's packages. apt runs only once at a time, so these don't overlap.
const browser: Step = { name: "browser", commands: [script("install-chromium")], live: true };
const php: Step = { name: "php", commands: [script("install-php")], later: ["browser"], live: true };
// If one can't be installed, the tests that need it fail and say so.
const programs: Step = {
  name: "programs",
  commands: [script("install-programs")],
  later: ["browser", "php"],
  live: true,
};

const databaseStep = (selected?: string[]): Step => ({
  ...vitestStep("database tests", "database", selected),
  later: ["browser", "php", "programs"],
});

const journeySteps = (selected: string[] = []): Step[] => [
  // The build rewrites the route types that the type check reads.
  { name: "build", commands: [script("build")], later: ["types"] },
  {
    name: "journeys",
    commands: [["playwright", "test", "--config", "e2e/playwright.config.ts", ...selected]],
    // Playwright sets FORCE_COLOR for its workers, and Node complains when NO_COLOR is there too.
    env: { FORCE_COLOR: "0", PLAYWRIGHT_JSON_OUTPUT_FILE: reportFiles.journeys },
    after: ["browser", "build"],
    // Two browsers use both cores.
    later: ["unit tests", "database tests", "programs"],
    live: true,
  },
];

async function selectSteps(words: string[]): Promise<Step[]> {
  const { unit, database, journeys } = await selectTests(words);
  const hasJourneys = journeys.length > 0;
  const hasDatabase = database.length > 0;
  const steps = [
    ...(hasJourneys ? [browser] : []),
    ...(hasDatabase ? [php] : []),
    ...(hasJourneys || hasDatabase ? [programs] : []),
    ...(unit.length > 0 ? [vitestStep("unit tests", "unit", unit)] : []),
    ...(hasDatabase ? [databaseStep(database)] : []),
    ...(hasJourneys ? journeySteps(journeys) : []),
  ];
  const names = new Set(steps.map(({ name }) => name));
  return steps.map((step) => ({ ...step, live: true, later: step.later?.filter((name) => names.has(name)) }));
}

const words = process.argv.slice(2);
const steps =
  words.length > 0
    ? await selectSteps(words)
    : [browser, php, programs, ...fastSteps, databaseStep(), ...journeySteps()];
if (steps.length === 0) {
  console.error(`No test's path or name contains ${words.map((word) => `“${word}”`).join(" or ")}.`);
  process.exit(1);
}
console.log([describeInstallation(), ...describeThisMachine()].join("\n"), "\n");
const passed = await runAndReport(steps);
const stillMissing = describeStillMissing();
if (!passed && stillMissing.length > 0) console.log(`\n${stillMissing.join("\n")}`);
process.exit(passed ? 0 : 1);
