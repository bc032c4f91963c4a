import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { chromium } from "playwright";
import { debianPackages, type InstallCommand, runInstallers } from "./installers.ts";
import { isUnpacked, nameUnpackedLibraries, unpackedRoot, unpackProgram } from "./programs.ts";
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
  // A journey's pages are short-lived: a process for each, and optimized code, cost more than they bring.
  "--renderer-process-limit=1",
  "--js-flags=--no-maglev --no-turbofan",
];

/** Chromium without windows, as Debian and Playwright package it. It needs far less CPU than a browser that hides its windows. */
const shellPackage = "chromium-headless-shell";
const debianShell = join("usr", "lib", "chromium", shellPackage);
const browserNames = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const macPath = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** The path of a Chromium that runs: a headless shell, else a whole browser, else null. */
export function findChromium(): string | null {
  return findShell() ?? findBrowser();
}

function findShell(): string | null {
  const unpacked = join(unpackedRoot, debianShell);
  // Its data isn't unpacked where the system has it, for a whole browser.
  const isWhole = existsSync(join(dirname(unpacked), "icudtl.dat"));
  const candidates = [join("/", debianShell), ...inPath(["chrome-headless-shell"]), ...(isWhole ? [unpacked] : [])];
  return [...candidates, ...listPlaywrightShells()].find(canRun) ?? null;
}

function findBrowser(): string | null {
  return [...inPath(browserNames), macPath, chromium.executablePath()].find(canRun) ?? null;
}

function inPath(names: string[]): string[] {
  const folders = (process.env.PATH ?? "").split(":").filter((folder) => folder !== "");
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/** Playwright keeps its shell beside its browser, and names only the path of the browser. */
function listPlaywrightShells(): string[] {
  const [, cache = "", revision = ""] = /^(.*?)[\\/]chromium-(\d+)[\\/]/.exec(chromium.executablePath()) ?? [];
  const folder = join(cache, `chromium_headless_shell-${revision}`);
  if (revision === "" || !existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => /^(chrome-headless-shell|headless_shell)(\.exe)?$/.test(basename(file)))
    .map((file) => join(folder, file));
}

/** A package may have left only a stub that tells to install something else. */
function canRun(path: string): boolean {
  if (!existsSync(path)) return false;
  if (isUnpacked(path)) nameUnpackedLibraries();
  return spawnSync(path, ["--version", "--no-sandbox"], { timeout: 120_000 }).status === 0;
}

/**
 * Makes sure that there is a Chromium, if possible a headless shell: Debian's package, else Playwright's download.
 * @throws StartError saying what was tried.
 */
export async function ensureChromium(report: (line: string) => void): Promise<string> {
  const found = findShell();
  if (found) return found;
  const tried: string[] = [];
  for (const [what, install] of listWaysToInstall(report)) {
    report(`No headless Chromium here. Installing ${what}…`);
    const failure = await install();
    const installed = failure === null ? findShell() : null;
    if (installed) return installed;
    tried.push(`${what}: ${failure ?? "installed, but it doesn't run"}`);
    report(`This failed (${tried.at(-1)}).`);
  }
  const browser = findBrowser();
  if (!browser) {
    throw new StartError(
      `The journeys need Chromium, and it could not be installed.\n${tried.join("\n")}\nInstall Chromium or Google Chrome yourself, so that it is found in PATH.`,
    );
  }
  report("The journeys use a whole Chromium, which is slower.");
  return browser;
}

type Install = () => Promise<string | null>;

function listWaysToInstall(report: (line: string) => void): [string, Install][] {
  const playwright = join("node_modules", "playwright", "cli.js");
  const args = [playwright, "install", "--only-shell", "chromium"];
  const download: InstallCommand = { program: process.execPath, args, timeoutMs: 5 * 60_000 };
  const debian = debianPackages([shellPackage]);
  const unpack = async () => unpackProgram(shellPackage);
  return [
    ["Debian's package", debian ? () => runInstallers(debian, report) : unpack],
    ["Playwright's download", () => runInstallers([download], report)],
  ];
}
