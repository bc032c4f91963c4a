import { execFile } from "node:child_process";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { listJourneys, type Suite } from "./test-report.ts";

/** A test as `vitest list --json` describes it. */
export type ListedTest = { name: string; file: string; projectName: string; location?: { line: number } };

/** Arguments that select tests, per runner; an empty list means that the runner has no such test. */
export type Selection = { unit: string[]; database: string[]; journeys: string[] };

/** Finds the tests whose path or name contains one of the words, in any case. It reads the test files without running them. */
export async function selectTests(words: string[]): Promise<Selection> {
  const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const grep = ["--grep", `/${pattern.replaceAll("/", "\\/")}/i`];
  const [listed, journeys] = await Promise.all([listTests(), countJourneys(grep)]);
  return { ...pickTests(listed, words), journeys: journeys > 0 ? grep : [] };
}

/** The arguments for vitest: the file where its path contains a word, else `file:line` of each test whose name does. */
export function pickTests(listed: ListedTest[], words: string[]): Pick<Selection, "unit" | "database"> {
  const matches = (text: string) => words.some((word) => text.toLowerCase().includes(word.toLowerCase()));
  const pick = (project: string) => {
    const tests = listed.filter(({ projectName }) => projectName === project);
    const chosen = tests.flatMap(({ file, name, location }) => {
      const path = relative(".", file);
      if (matches(path)) return path;
      return matches(name) && location ? `${path}:${location.line}` : [];
    });
    return [...new Set(chosen)];
  };
  return { unit: pick("unit"), database: pick("database") };
}

const run = promisify(execFile);
const tool = (...path: string[]) => join("node_modules", ...path);
const options = { maxBuffer: 64 * 1024 * 1024 };

async function listTests(): Promise<ListedTest[]> {
  const args = [tool("vitest", "vitest.mjs"), "list", "--static-parse", "--json"];
  const { stdout } = await run(process.execPath, args, options);
  return JSON.parse(stdout);
}

async function countJourneys(grep: string[]): Promise<number> {
  const args = ["test", "--config", "e2e/playwright.config.ts", "--list", "--reporter=json", ...grep];
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: "" };
  // Playwright ends with 1 when nothing matches; its report says so.
  const { stdout } = await run(process.execPath, [tool("@playwright", "test", "cli.js"), ...args], {
    ...options,
    env,
  }).catch((err: { stdout?: string }) => ({ stdout: err.stdout ?? "" }));
  const { errors, suites } = JSON.parse(stdout) as { errors: { message: string }[]; suites: Suite[] };
  const fault = errors.find(({ message }) => !message.includes("No tests found"));
  if (fault) throw new Error(fault.message);
  return suites.flatMap(listJourneys).length;
}
