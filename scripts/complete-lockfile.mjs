// Adds to package-lock.json the platform packages that npm left out of it.
//
// npm 11.16 and later drop an optional dependency from the lock file when the registry in use does not have it
// (a mirror with only Linux builds, say), and `npm ci` then refuses that very lock file. The missing entries are
// written here: the version stands in the parent's optionalDependencies, os, cpu and libc in the package's name.
// Run it after every change of package-lock.json: node scripts/complete-lockfile.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const CPUS = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

/** The lock file entry of a platform package, as far as its name and version tell it. */
export function describePlatformPackage(name, version) {
  const words = name.split(/[-/]/);
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = CPUS.filter((kind) => words.includes(kind));
  if (cpu.length === 0) throw new Error(`${name} does not name its processor: add it to package-lock.json by hand`);
  const musl = words.some((word) => word.startsWith("musl"));
  const libc = musl ? ["musl"] : words.includes("gnu") ? ["glibc"] : undefined;
  return { version, cpu, ...(libc && { libc }), optional: true, ...(os.length > 0 && { os }) };
}

/** Every optional dependency that no entry of the lock file satisfies: its place, name, version and whether it is for development only. */
export function findMissing(packages) {
  const missing = [];
  for (const [place, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const folders = place === "" ? [] : place.split("/node_modules/");
      const candidates = folders.map(
        (_, depth) => `${folders.slice(0, depth + 1).join("/node_modules/")}/node_modules/${name}`,
      );
      if ([...candidates, `node_modules/${name}`].some((path) => packages[path] !== undefined)) continue;
      missing.push({ path: `node_modules/${name}`, name, version, dev: entry.dev === true });
    }
  }
  return missing;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const file = new URL("../package-lock.json", import.meta.url);
  const lock = JSON.parse(readFileSync(file, "utf8"));
  const missing = findMissing(lock.packages);
  for (const { path, name, version, dev } of missing) {
    lock.packages[path] = { ...describePlatformPackage(name, version), ...(dev && { dev }) };
  }
  const [root, ...others] = Object.entries(lock.packages);
  others.sort(([a], [b]) => a.localeCompare(b, "en"));
  lock.packages = Object.fromEntries([root, ...others]);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${missing.length} platform packages added to package-lock.json`);
}
