import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { StartError } from "./start-error.ts";

/** Holds a data directory for this process until `release` or the end of the process, however it ends. */
export type DataLock = { release: () => void };

/**
 * Takes a lock file for this process alone. The lock is one of the kernel's, taken through SQLite (Node has no call for
 * it), so that it is gone the moment its holder is, kill -9 included, and no stale file is ever in the way.
 * @param waitMs how long to wait for another holder; each 100 ms `waiting` is told for how long.
 * @returns null when it is still held then.
 */
export async function takeLock(
  file: string,
  waitMs: number,
  waiting: (elapsedMs: number) => void = () => undefined,
): Promise<DataLock | null> {
  const database = new DatabaseSync(file);
  const startedAt = Date.now();
  while (!tryLock(database)) {
    const elapsedMs = Date.now() - startedAt;
    if (elapsedMs >= waitMs) {
      database.close();
      return null;
    }
    waiting(elapsedMs);
    await delay(100);
  }
  return { release: () => database.close() };
}

/**
 * Takes the data directory for this process alone.
 * @param waitMs how long to wait for a holder that is about to end.
 * @throws StartError naming the holder.
 */
export async function lockDataDir(
  dataDir: string,
  waitMs = 5000,
  report: (line: string) => void = () => undefined,
): Promise<DataLock> {
  const holderFile = join(dataDir, "portal.pid");
  let told = false;
  const lock = await takeLock(join(dataDir, "portal.lock"), waitMs, (elapsedMs) => {
    if (told || elapsedMs < 1000) return;
    told = true;
    report(`Waiting for the Sallyport that uses ${dataDir} (${readHolder(holderFile)}) to end…`);
  });
  if (!lock) {
    throw new StartError(
      `Sallyport is already running with the data in ${dataDir} (${readHolder(holderFile)}). Stop it first, or set SALLYPORT_DATA_DIR and PORT for a second one.`,
    );
  }
  writeFileSync(holderFile, `${process.pid}\n`, { mode: 0o600 });
  return lock;
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
    const pid = readFileSync(file, "utf8").trim();
    if (pid !== "") return `pid ${pid}`;
  } catch {
    // Said below.
  }
  return "its pid is not known";
}
