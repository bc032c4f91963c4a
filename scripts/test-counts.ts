import { existsSync, readFileSync, rmSync } from "node:fs";
import { countFiles } from "./fast-steps.ts";

/** How many tests passed at once, failed, and failed before they passed. */
export type Counts = { passed: number; failed: number; flaky: number };

/** Removes what an earlier run left, so that a run that dies counts as nothing. */
export function clearCounts(): void {
  for (const file of Object.values(countFiles)) rmSync(file, { force: true });
}

/** The sum over the runners whose reports are there. */
export function sumCounts(): Counts {
  const all = [readVitest(countFiles.unit), readVitest(countFiles.database), readPlaywright(countFiles.journeys)];
  return {
    passed: sum(all.map(({ passed }) => passed)),
    failed: sum(all.map(({ failed }) => failed)),
    flaky: sum(all.map(({ flaky }) => flaky)),
  };
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function readVitest(file: string): Counts {
  const report = readReport(file);
  return { passed: report?.numPassedTests ?? 0, failed: report?.numFailedTests ?? 0, flaky: 0 };
}

function readPlaywright(file: string): Counts {
  const stats = readReport(file)?.stats;
  return { passed: stats?.expected ?? 0, failed: stats?.unexpected ?? 0, flaky: stats?.flaky ?? 0 };
}

type Report = {
  numPassedTests?: number;
  numFailedTests?: number;
  stats?: { expected?: number; unexpected?: number; flaky?: number };
};

function readReport(file: string): Report | null {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}
