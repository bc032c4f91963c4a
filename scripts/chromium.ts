import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright";
import { debianPackages, type InstallCommand, runInstallers } from "./installers.ts";
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
    const failure = await runInstallers(commands, report);
    const installed = failure === null ? findChromium() : null;
    if (installed) return installed;
    tried.push(`${what}: ${failure ?? "installed, but it does not run"}`);
    report(`That did not work (${tried.at(-1)}).`);
  }
  throw new StartError(
    `The journeys need Chromium, and it could not be installed.\n${tried.join("\n")}\nInstall Chromium or Google Chrome yourself, so that it is found in PATH.`,
  );
}

function waysToInstall(): [string, InstallCommand[]][] {
  const playwright = join("node_modules", "playwright", "cli.js");
  const download = { program: process.execPath, args: [playwright, "install", "chromium"], timeoutMs: 5 * 60_000 };
  const ways: [string, InstallCommand[]][] = [["Playwright's download", [download]]];
  const debian = debianPackages(["chromium"]);
  if (debian) ways.push(["Debian's package", debian]);
  return ways;
}
