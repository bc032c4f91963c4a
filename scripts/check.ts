import { fastSteps } from "./fast-steps.ts";
import { runAndReport } from "./run-and-report.ts";

// npm run check: types, lint, boundaries, dead code, unit tests.
process.exit((await runAndReport(fastSteps)) ? 0 : 1);
