import { readFileSync } from "node:fs";
import { sql } from "drizzle-orm";
import { getDb } from "#lib/platform/db/client.ts";

/**
 * CPU time that a Postgres on this machine has used, in milliseconds: its connections, and what its ended processes had used,
 * such as parallel workers; null where there is no /proc.
 */
export async function readDatabaseCpu(): Promise<number | null> {
  const { rows } = await getDb().execute<{ pid: number }>(
    sql`select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend'`,
  );
  try {
    const ofConnections = rows.reduce((sum, { pid }) => sum + Number(read(pid, "schedstat").split(" ")[0]) / 1e6, 0);
    return ofConnections + readEnded(parentOf(rows[0]!.pid));
  } catch {
    return null;
  }
}

const read = (pid: number, file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8");
/** The fields of /proc/pid/stat from the third on (proc_pid_stat(5)); the second is a name in parentheses. */
const readStat = (pid: number) =>
  read(pid, "stat")
    .replace(/^.*\) /s, "")
    .split(" ")
    .map(Number);
const parentOf = (pid: number) => readStat(pid)[1]!;

/** CPU time of a process' ended children; the kernel counts it in hundredths of a second. */
function readEnded(pid: number): number {
  const [user = 0, system = 0] = readStat(pid).slice(13, 15);
  return (user + system) * 10;
}
