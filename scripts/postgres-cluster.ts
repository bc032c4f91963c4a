import { chownSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PostgresHome } from "./postgres-home.ts";
import { clusterFolder, readLogEnd, spawnPostgres } from "./postgres-process.ts";
import { StartError } from "./start-error.ts";

/** The name of the database and of its superuser. */
export const userName = "sallyport";

/**
 * Makes the cluster beside its place and moves it there when it is whole: a start that is killed leaves nothing half done.
 * @throws StartError with what initdb said.
 */
export async function initCluster(home: PostgresHome, password: string): Promise<void> {
  const unfinished = join(home.folder, "data.new");
  const passwordFile = join(home.folder, "initdb.password");
  rmSync(unfinished, { recursive: true, force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (home.owner) chownSync(passwordFile, home.owner.uid, home.owner.gid);
  try {
    const locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"];
    const access = ["--auth=scram-sha-256", `--username=${userName}`, `--pwfile=${passwordFile}`];
    const child = spawnPostgres(home, "initdb", ["-D", unfinished, ...access, ...locale]);
    const code = await new Promise((done) => {
      child.once("error", (err) => done(err.message));
      child.once("exit", (exitCode, signal) => done(exitCode ?? signal));
    });
    if (code !== 0) throw new StartError(`The database could not be created (initdb: ${code}).\n${readLogEnd(home)}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, clusterFolder(home));
}
