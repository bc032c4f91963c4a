import { existsSync, readFileSync, rmSync } from "node:fs";
import { relative } from "node:path";
import { reportFiles } from "./fast-steps.ts";

/** How many tests passed on the first try, failed, and failed before they passed. */
export type Counts = { passed: number; failed: number; flaky: number };

/** A test that ran, its file, and how long it took, in ms. */
export type TimedTest = { file: string; name: string; ms: number };

type Report = Counts & { tests: TimedTest[] };

/** Removes the reports of an earlier run, so that a run that dies counts as nothing. */
export function clearReports(): void {
  for (const file of Object.values(reportFiles)) rmSync(file, { force: true });
}

/** The results of all runners whose reports exist. */
export function readReports(): Report {
  const all = [readVitest(reportFiles.unit), readVitest(reportFiles.database), readPlaywright(reportFiles.journeys)];
  const sum = (key: keyof Counts) => all.reduce((total, report) => total + report[key], 0);
  return {
    passed: sum("passed"),
    failed: sum("failed"),
    flaky: sum("flaky"),
    tests: all.flatMap(({ tests }) => tests),
  };
}

/** The slowest tests, one line each, slowest first. */
export function formatSlowest(tests: TimedTest[], count: number): string {
  const slowest = [...tests].sort((a, b) => b.ms - a.ms).slice(0, count);
  return slowest.map(({ file, name, ms }) => `${(ms / 1000).toFixed(1).padStart(6)} s  ${file}: ${name}`).join("\n");
}

type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { name: string; assertionResults: { fullName: string; duration?: number | null }[] }[];
};

function readVitest(path: string): Report {
  const report = readReport<VitestReport>(path);
  if (!report) return { passed: 0, failed: 0, flaky: 0, tests: [] };
  const tests = report.testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults.map(({ fullName, duration }) => ({
      file: relative(".", file),
      name: fullName,
      ms: duration ?? 0,
    })),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests, flaky: 0, tests };
}

/** Part of Playwright's JSON report: a file or a `describe` block. */
export type Suite = {
  suites?: Suite[];
  specs?: { title: string; file: string; tests: { results: { duration: number }[] }[] }[];
};

type PlaywrightReport = { stats: { expected: number; unexpected: number; flaky: number }; suites: Suite[] };

function readPlaywright(path: string): Report {
  const report = readReport<PlaywrightReport>(path);
  if (!report) return { passed: 0, failed: 0, flaky: 0, tests: [] };
  const { expected, unexpected, flaky } = report.stats;
  return { passed: expected, failed: unexpected, flaky, tests: report.suites.flatMap(listJourneys) };
}

/** The journeys of a suite, with the time of all their tries. */
export function listJourneys({ suites = [], specs = [] }: Suite): TimedTest[] {
  const own = specs.map(({ title, file, tests }) => ({
    file: `e2e/${file}`,
    name: title,
    ms: tests.flatMap(({ results }) => results).reduce((total, { duration }) => total + duration, 0),
  }));
  return [...own, ...suites.flatMap(listJourneys)];
}

function readReport<T>(path: string): T | null {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
}
