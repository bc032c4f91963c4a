import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright";
import { StartError } from "./start-error.ts";

/** Flags for a Chromium in a container without a network of its own. */
export const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const macPath = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** The path of a Chromium that runs: one that is installed, else the one that Playwright downloaded, else null. */
export function findChromium(): string | null {
  const folders = (process.env.PATH ?? "").split(":").filter((folder) => folder !== "");
  const installed = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...installed, macPath, chromium.executablePath()].find(canRun) ?? null;
}

/** A package may have left only a stub that tells to install something else. */
function canRun(path: string): boolean {
  return existsSync(path) && spawnSync(path, ["--version", "--no-sandbox"], { timeout: 20_000 }).status === 0;
}

/**
 * Makes sure that there is a Chromium: Playwright's download, else Debian's package.
 * @throws StartError saying what was tried.
 */
export async function ensureChromium(report: (line: string) => void): Promise<string> {
  const found = findChromium();
  if (found) return found;
  const tried: string[] = [];
  for (const [what, commands] of waysToInstall()) {
    report(`No Chromium here. Installing ${what}…`);
    const failure = await runAll(commands, report);
    const installed = failure === null ? findChromium() : null;
    if (installed) return installed;
    tried.push(`${what}: ${failure ?? "installed, but it does not run"}`);
    report(`That did not work (${tried.at(-1)}).`);
  }
  throw new StartError(
    `The journeys need Chromium, and it could not be installed.\n${tried.join("\n")}\nInstall Chromium or Google Chrome yourself, so that it is found in PATH.`,
  );
}

type Command = {
  program: string;
  args: string[];
  timeoutMs: number;
  /** What comes next may go well even when this fails. */
  optional?: boolean;
};

function waysToInstall(): [string, Command[]][] {
  const playwright = join("node_modules", "playwright", "cli.js");
  const download = { program: process.execPath, args: [playwright, "install", "chromium"], timeoutMs: 5 * 60_000 };
  const ways: [string, Command[]][] = [["Playwright's download", [download]]];
  if (process.platform === "linux" && existsSync("/usr/bin/apt-get") && process.getuid?.() === 0) {
    const apt = (...args: string[]) => ({ program: "apt-get", args, timeoutMs: 10 * 60_000 });
    ways.push([
      "Debian's package",
      [{ ...apt("update", "-q"), optional: true }, apt("install", "-y", "-q", "--no-install-recommends", "chromium")],
    ]);
  }
  return ways;
}

/** Null when all went well, else what failed and the end of what it said. */
async function runAll(commands: Command[], report: (line: string) => void): Promise<string | null> {
  for (const { program, args, timeoutMs, optional } of commands) {
    const startedAt = Date.now();
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    const lastLine = () => output.trim().split("\n").at(-1)?.trim().slice(0, 100) ?? "";
    const progress = setInterval(
      () => report(`  ${Math.round((Date.now() - startedAt) / 1000)} s: ${lastLine()}`),
      10_000,
    );
    const code = await new Promise((resolve) => {
      child.once("error", (err) => resolve(err.message));
      child.once("close", (exitCode, signal) => resolve(exitCode ?? signal));
    });
    clearInterval(progress);
    if (code !== 0 && !optional) return `${code} ${findReason(output)}`;
  }
  return null;
}

/** The line that tells what went wrong: the last one that says so, else the last one. */
function findReason(output: string): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const telling = lines.findLast((line) => /^(E:|Error|.*\b(error|failed)\b)/i.test(line)) ?? lines.at(-1) ?? "";
  return telling.trim().slice(0, 200);
}
