import { existsSync, readdirSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { debianPackages, runInstallers } from "./installers.ts";
import { unpackDebian } from "./unpack-debian.ts";

/** Programs that people run beside the portal, and that its tests run for real; Debian's packages have the same names. */
export const programs = ["pgbouncer", "haproxy", "squid", "tinyproxy", "postgresql"] as const;
export type Program = (typeof programs)[number];

/** Where the packages are unpacked for those who can't install them. */
const unpacked = resolve(".test", "programs");
export const unpackedRoot = join(unpacked, "root");
/** Debian puts them where only root looks. */
const places = [
  "/usr/sbin",
  "/usr/local/sbin",
  "/usr/local/bin",
  ...["sbin", "bin"].map((bin) => join(unpackedRoot, "usr", bin)),
];

/** Those that are neither installed nor unpacked. */
export const findMissingPrograms = (): Program[] => programs.filter((name) => findProgram(name) === null);

/** Where a program is installed, null when it isn't. */
function findProgram(name: Program): string | null {
  if (name === "postgresql") return findPostgres();
  const folders = [...(process.env.PATH ?? "").split(delimiter).filter(Boolean), ...places];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null;
}

/** The folder of a server's programs and of the clients of the same version; the embedded one comes without clients. */
function findPostgres(): string | null {
  const roots = ["/usr/lib/postgresql", join(unpackedRoot, "usr/lib/postgresql")].filter((root) => existsSync(root));
  const folders = roots.flatMap((root) => {
    const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(root, version, "bin"));
  });
  return folders.find((bin) => ["initdb", "pg_dump"].every((file) => existsSync(join(bin, file)))) ?? null;
}

/**
 * Where a program is, for the tests that need it. For one that was only unpacked this process's environment names its libraries.
 * @throws Error that says how to install it: such a test fails, it is not left out.
 */
export function requireProgram(name: Program): string {
  const found = findProgram(name);
  if (found && isUnpacked(found)) nameUnpackedLibraries();
  if (found) return found;
  throw new Error(
    `${name} is not installed, and this test runs against it. npm test installs it, or: ${installBy(name)}`,
  );
}

/** Whether a program was only unpacked, so that it needs `nameUnpackedLibraries`. */
export const isUnpacked = (path: string) => path.startsWith(unpackedRoot);

/** Names the unpacked libraries in this process's environment, for the programs that it starts. */
export function nameUnpackedLibraries(): void {
  const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
  process.env.LD_LIBRARY_PATH = join(unpackedRoot, "usr", "lib", `${machine}-linux-gnu`);
}

/** Unpacks Debian's package of a program. Returns why this failed, null when it didn't. */
export const unpackProgram = (name: string) => unpackDebian(name, unpacked);

const installBy = (name: Program) => `apt-get install ${name} (as root, on Debian)`;

/**
 * Makes sure that a program is there, by Debian's package: root installs it, for everybody else it is unpacked in .test. Returns why it
 * isn't, null when it is.
 */
export async function ensureProgram(name: Program, report: (line: string) => void): Promise<string | null> {
  if (findProgram(name)) return null;
  report(`No ${name} here. Getting Debian's package…`);
  const commands = debianPackages([name]);
  const failure = commands ? await runInstallers(commands, report) : unpackProgram(name);
  if (failure === null && findProgram(name)) return null;
  return `${name} could not be installed (${failure ?? "it is not found"}). The tests against it need ${installBy(name)}`;
}
