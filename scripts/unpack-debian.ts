import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * Unpacks a Debian package with what it needs and the system lacks into a folder: without being root, and without starting what it
 * installs. apt checks the signatures, with lists and a cache of its own in that folder.
 * @returns why it could not be done, null when it is.
 */
export function unpackDebian(name: string, target: string): string | null {
  if (process.platform !== "linux" || !existsSync("/usr/bin/apt-get")) return "there is no apt here";
  const folder = resolve(target);
  const packages = join(folder, "packages", name);
  for (const each of ["state/lists/partial", "cache/archives/partial", `packages/${name}`, "root"]) {
    mkdirSync(join(folder, each), { recursive: true });
  }
  const options = ["-q", "-o", `Dir::State=${folder}/state`, "-o", "Dir::State::status=/var/lib/dpkg/status"];
  const apt = (...args: string[]) =>
    run("apt-get", [...options, "-o", `Dir::Cache=${folder}/cache`, ...args], packages);
  apt("update");
  const plan = apt("--simulate", "install", "--no-install-recommends", name);
  const missing = [...plan.output.matchAll(/^Inst (\S+)/gm)].map(([, each]) => each!);
  if (plan.failed || missing.length === 0) return plan.failed ?? "apt has no such package";
  const download = apt("download", ...missing);
  if (download.failed) return download.failed;
  for (const file of readdirSync(packages)) {
    const { failed } = run("dpkg-deb", ["--extract", file, join(folder, "root")], packages);
    if (failed) return failed;
  }
  return null;
}

function run(program: string, args: string[], cwd: string): { output: string; failed: string | null } {
  const env = { ...process.env, LC_ALL: "C" };
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env,
    encoding: "utf8",
    timeout: 5 * 60_000,
  });
  if (status === 0) return { output: stdout, failed: null };
  const said = (error?.message ?? stderr ?? "").trim().split("\n").at(-1) ?? "";
  return { output: stdout ?? "", failed: `${program}: ${said.slice(0, 200)}` };
}
