import { formatResults, runSteps, type Step } from "./steps.ts";
import { clearReports, formatSlowest, readReports } from "./test-report.ts";

/**
 * Runs the steps of a check and prints the time of each, the ten slowest tests, and the counts.
 * @returns whether all steps passed and at least one test ran.
 */
export async function runAndReport(steps: Step[]): Promise<boolean> {
  const startedAt = Date.now();
  clearReports();
  const results = await runSteps(steps, 2);
  const { passed, failed, flaky, tests } = readReports();
  const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1);
  const secondTry = flaky > 0 ? `, ${flaky} flaky: failed, then passed on the second try (named above)` : "";
  console.log(`\nSlowest tests\n${formatSlowest(tests, 10)}`);
  console.log(`\n${formatResults(results)}\n\n${passed} passed, ${failed} failed${secondTry}, ${minutes} min`);
  return failed === 0 && passed > 0 && results.every(({ outcome }) => outcome === "passed");
}
