import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

export type InstallCommand = {
  program: string;
  args: string[];
  timeoutMs: number;
  /** What comes next may go well even when this fails. */
  optional?: boolean;
};

/** Debian's packages, where they can be installed: as root, with apt. Null elsewhere. */
export function debianPackages(names: string[]): InstallCommand[] | null {
  if (process.platform !== "linux" || !existsSync("/usr/bin/apt-get") || process.getuid?.() !== 0) return null;
  const apt = (...args: string[]) => ({ program: "apt-get", args, timeoutMs: 10 * 60_000 });
  return [{ ...apt("update", "-q"), optional: true }, apt("install", "-y", "-q", "--no-install-recommends", ...names)];
}

/** Null when all went well, else what failed and the end of what it said. */
export async function runInstallers(
  commands: InstallCommand[],
  report: (line: string) => void,
): Promise<string | null> {
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
