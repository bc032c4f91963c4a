// The first step of every `npm run …`: plain JavaScript for Node 20 with nothing installed. Installs what package-lock.json
// asks for, then runs scripts/<name>.ts with Node 24, which comes from npm like everything else.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const modules = join(root, "node_modules");
const [name, ...args] = process.argv.slice(2);

if (Number.parseInt(process.versions.node, 10) < 20) {
  fail(
    `Sallyport needs Node 20 or newer to install itself; this is ${process.version}. Get one at https://nodejs.org.`,
  );
}
const script = join(root, "scripts", `${name}.ts`);
if (!name || !existsSync(script)) fail(`There is no script ${name ?? ""}. See README.md.`);
// To run Sallyport, the packages of its tests and checks aren't needed; a folder that has them keeps them.
const forDevelopment =
  !["demo", "start", "keys", "unlock", "audit"].includes(name) || existsSync(join(modules, "vitest"));
if (!isInstalled()) await install();
process.exitCode = await run(findNode(), script, args);

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Whether node_modules holds what package-lock.json asks for. npm writes its own list of what it installed at the end. */
function isInstalled() {
  try {
    const installed = readPackages(join(modules, ".package-lock.json"));
    return listWanted().every(([path, { version, optional, devOptional }]) => {
      if ((optional || devOptional) && !installed[path]) return true;
      return installed[path]?.version === version;
    });
  } catch {
    return false;
  }
}

/** What package-lock.json asks for, without what only development needs unless that is wanted. */
function listWanted() {
  const all = Object.entries(readPackages(join(root, "package-lock.json")));
  return all.filter(([path, { dev }]) => path !== "" && (forDevelopment || !dev));
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

async function install() {
  const total = listWanted().filter(([, { optional }]) => !optional).length;
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  console.log(`Installing ${total} packages. This happens once, and takes about half a minute.`);
  // `ci` deletes what is there first; `install --no-save` adds what is missing, and leaves package-lock.json alone.
  const command = existsSync(join(modules, ".package-lock.json")) ? ["install", "--no-save"] : ["ci"];
  // Explicit, since npm would follow NODE_ENV otherwise.
  const development = forDevelopment ? "--include=dev" : "--omit=dev";
  const npmArgs = [...command, development, "--include=optional", "--no-audit", "--no-fund"];
  const ownNpm = process.env.npm_execpath;
  const child = ownNpm?.endsWith("npm-cli.js")
    ? spawn(process.execPath, [ownNpm, ...npmArgs], { cwd: root, stdio: ["ignore", "pipe", "pipe"] })
    : spawn("npm", npmArgs, { cwd: root, stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const progress = setInterval(() => console.log(`  ${seconds()} s, ${countPackages()} of ${total} packages`), 5000);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => child.kill(signal));
  const code = await new Promise((resolve) => {
    child.on("error", (err) => resolve(err.message));
    child.on("close", (exitCode, signal) => resolve(exitCode ?? signal));
  });
  clearInterval(progress);
  if (code === "SIGINT" || code === "SIGTERM" || code === "SIGHUP") process.exit(1);
  if (code !== 0) {
    const lines = output.split("\n").filter((line) => line.trim() !== "" && !line.includes("EBADENGINE"));
    console.error(lines.slice(-25).join("\n"));
    fail(
      `\nThe packages could not be installed (npm ${command[0]}: ${code}). Check that npm reaches its registry (npm ping) and that this folder can be written, then run the same command again.`,
    );
  }
  console.log(`Installed in ${seconds()} s.`);
}

/** Packages unpacked so far: npm itself tells nothing before it is done. */
function countPackages() {
  const folders = readFolder(modules).flatMap((entry) =>
    entry.startsWith("@") ? readFolder(join(modules, entry)).map((scoped) => join(entry, scoped)) : [entry],
  );
  return folders.filter((folder) => existsSync(join(modules, folder, "package.json"))).length;
}

function readFolder(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Node 24: the one from npm, else this one if it is new enough (npm has none for every platform). */
function findNode() {
  const windows = process.platform === "win32";
  const platform = windows ? "win" : process.platform;
  const packaged = join(modules, `node-${platform}-${process.arch}`, "bin", windows ? "node.exe" : "node");
  if (existsSync(packaged) && spawnSync(packaged, ["--version"]).status === 0) {
    // npm 10 leaves the link out; commands such as `next` look for node in PATH.
    const link = join(modules, ".bin", "node");
    if (!windows && !existsSync(link)) symlinkSync(packaged, link);
    return packaged;
  }
  if (Number.parseInt(process.versions.node, 10) >= 24) return process.execPath;
  return fail(
    `npm has no Node 24 for ${process.platform} ${process.arch}, and this is ${process.version}. Install Node 24 from https://nodejs.org and run the same command again.`,
  );
}

/** Runs the script, passes signals on and gives back its exit code. When this process or the npm above it is killed, the script hears of it. */
async function run(node, file, scriptArgs) {
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", file, ...scriptArgs], {
    cwd: root,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, PATH: [join(modules, ".bin"), process.env.PATH].join(delimiter) },
  });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  const above = findAbove();
  const watch = setInterval(() => {
    if (process.env.npm_lifecycle_event && findAbove() !== above && child.connected) child.disconnect();
  }, 500);
  const [code, signal] = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
  });
  clearInterval(watch);
  return code ?? 128 + (constants.signals[signal] ?? 0);
}

/** Who runs this script: its parent, and npm behind it where npm put a shell in between. Changes when one of them is gone. */
function findAbove() {
  try {
    // proc_pid_stat(5): pid (comm) state ppid …
    const stat = readFileSync(`/proc/${process.ppid}/stat`, "utf8");
    const [, name, parent] = /\((.*)\) \S+ (\d+)/s.exec(stat);
    return /^(sh|dash|bash|zsh)$/.test(name) ? `${process.ppid} ${parent}` : `${process.ppid}`;
  } catch {
    return `${process.ppid}`;
  }
}
