import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { takeLock } from "./data-lock.ts";
import { StartError } from "./start-error.ts";

const sources = [
  "app",
  "lib",
  "drizzle/schema",
  "public",
  "proxy.ts",
  "server.ts",
  "next.config.ts",
  "postcss.config.mjs",
];
const settings = ["tsconfig.json", "package.json", "package-lock.json"];
/** In these folders, but no part of the pages; an image is made without them. */
const noSource = /\.test\.tsx?$|\bfixtures(\.ts$|[\\/])/;
const stampFile = join(".next", "sallyport-build");

/**
 * Builds Next's pages when the build is missing or was made from other sources. Only one process builds at a time.
 * @throws StartError with the end of the build's output.
 */
export async function buildPages(report: (line: string) => void, signal?: AbortSignal): Promise<void> {
  if (isBuilt()) return;
  mkdirSync(".data", { recursive: true, mode: 0o711 });
  const lock = await takeLock(join(".data", "build.lock"), 15 * 60_000, (elapsedMs) => {
    if (elapsedMs % 10_000 < 100) report("Waiting for another build in this folder to end…");
  });
  try {
    if (isBuilt()) return;
    const hash = hashSources();
    await runBuild(hash, report, signal);
    writeFileSync(stampFile, hash);
  } finally {
    lock?.release();
  }
}

function isBuilt(): boolean {
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === hashSources();
}

/** A digest of everything that the build is made from. */
function hashSources(): string {
  const hash = createHash("sha256");
  const files = [...sources, ...settings].flatMap(listFiles).filter((file) => !noSource.test(file));
  for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

function listFiles(path: string): string[] {
  if (!existsSync(path)) return [];
  if (/\.\w+$/.test(path)) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function runBuild(hash: string, report: (line: string) => void, signal?: AbortSignal): Promise<void> {
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  report("Building the pages. This happens once for each version, and takes a minute or two.");
  // None of the portal's settings: a build must not depend on them, nor hold a secret.
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    // Builds of the same sources go together, wherever they are made: a page of one may call the actions of another. Next salts their
    // names with this key, which is random otherwise; it seals nothing, since no action here closes over values.
    SALLYPORT_BUILD_ID: hash.slice(0, 21),
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: createHash("sha256").update(`actions of ${hash}`).digest("base64"),
  } as const;
  const child = spawn(process.execPath, [join("node_modules", "next", "dist", "bin", "next"), "build"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const progress = setInterval(() => report(`  ${seconds()} s: ${lastLine(output)}`), 10_000);
  const code = await new Promise((resolve) => {
    child.on("error", (err) => resolve(err.message));
    child.on("close", (exitCode, exitSignal) => resolve(exitCode ?? exitSignal));
  });
  clearInterval(progress);
  signal?.throwIfAborted();
  if (code !== 0) {
    throw new StartError(
      `${output.trim().split("\n").slice(-40).join("\n")}\n\nThe pages could not be built (next build: ${code}).`,
    );
  }
  report(`Built in ${seconds()} s.`);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}
