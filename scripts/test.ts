import { countFiles, fastSteps, vitestStep } from "./fast-steps.ts";
import { describeStillMissing, describeThisMachine } from "./missing-programs.ts";
import { formatResults, runSteps, type Step } from "./steps.ts";
import { clearCounts, sumCounts } from "./test-counts.ts";

// npm test: everything, from the types to the journeys in a browser.
const script = (name: string) => [process.execPath, "--disable-warning=ExperimentalWarning", `scripts/${name}.ts`];

const steps: Step[] = [
  { name: "browser", commands: [script("install-chromium")], live: true },
  // Each may need apt, which is for one at a time.
  { name: "php", commands: [script("install-php")], later: ["browser"], live: true },
  // Without these the tests against them fail, each saying so.
  { name: "programs", commands: [script("install-programs")], later: ["php"], live: true },
  ...fastSteps,
  { ...vitestStep("database tests", "database"), after: ["php"], later: ["programs"] },
  // The build rewrites the route types that the type check reads.
  { name: "build", commands: [script("build")], after: ["types"] },
  {
    name: "journeys",
    commands: [["playwright", "test", "--config", "e2e/playwright.config.ts"]],
    // Playwright sets FORCE_COLOR for its workers, and Node complains when NO_COLOR is there too.
    env: { FORCE_COLOR: "0", PLAYWRIGHT_JSON_OUTPUT_FILE: countFiles.journeys },
    after: ["browser", "build"],
    // A browser beside them would be too slow to trust.
    later: ["unit tests", "database tests", "programs"],
    live: true,
  },
];

clearCounts();
const missing = describeThisMachine();
if (missing.length > 0) console.log(`${missing.join("\n")}\n`);
const results = await runSteps(steps, 2);
const { passed, failed, flaky } = sumCounts();
const secondTry = flaky > 0 ? `, ${flaky} flaky: failed, then passed at the second try (named above)` : "";
const stillMissing = describeStillMissing();
if (stillMissing.length > 0) console.log(`\n${stillMissing.join("\n")}`);
console.log(`\n${formatResults(results)}\n\n${passed} passed, ${failed} failed${secondTry}`);
process.exit(failed === 0 && passed > 0 && results.every(({ outcome }) => outcome === "passed") ? 0 : 1);
