import { fastSteps } from "./fast-steps.ts";
import { formatResults, runSteps } from "./steps.ts";
import { clearCounts, sumCounts } from "./test-counts.ts";

// npm run check: types, lint, boundaries, dead code, unit tests.
clearCounts();
const results = await runSteps(fastSteps, 2);
const { passed, failed } = sumCounts();
console.log(`\n${formatResults(results)}\n\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 && results.every(({ outcome }) => outcome === "passed") ? 0 : 1);
