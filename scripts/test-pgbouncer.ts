import { type ChildProcess, spawn } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { findFreePort } from "./free-port.ts";
import { killProcess } from "./kill-process.ts";
import { ownerOf } from "./postgres-home.ts";
import { requireProgram } from "./programs.ts";

export type Pgbouncer = {
  /** The same database behind pgbouncer. */
  behind: (url: string) => string;
  close: () => Promise<void>;
};

/**
 * Runs pgbouncer in transaction mode in front of a Postgres. It has few connections and takes the one that was idle longest, so
 * that two transactions of one client seldom meet the same: what belongs to a session shows.
 * @param url of Postgres itself, with user and password.
 * @throws Error when it is not installed.
 */
export async function startPgbouncer(url: string, connections = 8): Promise<Pgbouncer> {
  const program = requireProgram("pgbouncer");
  const { hostname, port: postgresPort, username, password } = new URL(url);
  const port = await findFreePort();
  const folder = mkdtempSync(join(tmpdir(), "sallyport-pgbouncer-"));
  const users = join(folder, "users");
  const settings = join(folder, "pgbouncer.ini");
  writeFileSync(users, `"${decodeURIComponent(username)}" "${decodeURIComponent(password)}"\n`, { mode: 0o600 });
  writeFileSync(
    settings,
    `[databases]
* = host=${hostname} port=${postgresPort || 5432}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
server_round_robin = 1
default_pool_size = ${connections}
max_client_conn = 1000
log_connections = 0
log_disconnections = 0
`,
  );
  // It refuses to run as root.
  const owner = process.getuid?.() === 0 ? ownerOf(folder) : null;
  if (owner) for (const path of [folder, users, settings]) chownSync(path, owner.uid, owner.gid);
  const child = spawn(program, [settings], { ...owner, cwd: "/", stdio: ["ignore", "ignore", "pipe"] });
  const endWithUs = () => child.kill("SIGKILL");
  process.once("exit", endWithUs);
  const behind = (other: string) => {
    const moved = new URL(other);
    moved.hostname = "127.0.0.1";
    moved.port = String(port);
    return moved.href;
  };
  const close = async () => {
    process.off("exit", endWithUs);
    await killProcess(child);
    rmSync(folder, { recursive: true, force: true });
  };
  await untilAnswers(child, behind(url)).catch(async (err) => {
    await close();
    throw err;
  });
  return { behind, close };
}

async function untilAnswers(child: ChildProcess, url: string): Promise<void> {
  let said = "";
  child.stderr?.on("data", (chunk) => (said = `${said}${chunk}`.slice(-2000)));
  const ended = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`pgbouncer ended with ${code}: ${said}`)));
  });
  ended.catch(() => undefined);
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
    client.on("error", () => undefined);
    const answered = client.connect().then(
      () => client.end().then(() => true),
      () => false,
    );
    if (await Promise.race([ended, answered])) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
