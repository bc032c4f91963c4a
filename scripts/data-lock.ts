import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { StartError } from "./start-error.ts";

/** Holds a data directory for this process until `release` or the end of the process, however it ends. */
export type DataLock = { release: () => void };

/**
 * Takes the data directory for this process alone. The lock is one of the kernel's, taken through SQLite (Node has no
 * call for it), so that it is gone the moment its holder is, kill -9 included, and no stale file is ever in the way.
 * @param waitMs how long to wait for a holder that is about to end.
 * @throws StartError naming the holder.
 */
export async function lockDataDir(
  dataDir: string,
  waitMs = 5000,
  report: (line: string) => void = () => undefined,
): Promise<DataLock> {
  const database = new DatabaseSync(join(dataDir, "portal.lock"));
  const holderFile = join(dataDir, "portal.pid");
  const deadline = Date.now() + waitMs;
  for (let attempt = 0; !tryLock(database); attempt++) {
    const holder = readHolder(holderFile);
    if (Date.now() > deadline) {
      database.close();
      throw new StartError(
        `Sallyport is already running with the data in ${dataDir} (${holder}). Stop it first, or set SALLYPORT_DATA_DIR and PORT for a second one.`,
      );
    }
    if (attempt === 10) report(`Waiting for the Sallyport that uses ${dataDir} (${holder}) to end…`);
    await delay(100);
  }
  writeFileSync(holderFile, `${process.pid}\n`, { mode: 0o600 });
  return { release: () => database.close() };
}

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (err) {
    // SQLITE_BUSY = 5, SQLite's "Result and Error Codes".
    if (err instanceof Error && "errcode" in err && err.errcode === 5) return false;
    throw err;
  }
}

function readHolder(file: string): string {
  try {
    return `pid ${readFileSync(file, "utf8").trim()}`;
  } catch {
    return "its pid is not known";
  }
}
