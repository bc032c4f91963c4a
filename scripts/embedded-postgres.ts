import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { lockDataDir } from "./data-lock.ts";
import { findFreePort, isPortFree } from "./free-port.ts";
import { initCluster, userName } from "./postgres-cluster.ts";
import { type PostgresHome, preparePostgresHome } from "./postgres-home.ts";
import { clusterFolder, findPostmaster, readLogEnd, spawnServer, stopServer } from "./postgres-process.ts";
import { StartError } from "./start-error.ts";
import { supervisePostgres } from "./supervise-postgres.ts";

export type EmbeddedPostgres = {
  /** postgres://… of the database `sallyport`. */
  url: string;
  /** Stops the server and gives the data directory free. */
  stop: () => Promise<void>;
};

type Options = {
  /** The portal's data directory; made when it is missing. */
  dataDir: string;
  /** The port to use; otherwise the one of last time, otherwise any free one. Taken: another. */
  port?: number;
  /** Postgres settings over the usual ones. */
  settings?: Record<string, string>;
  /** How long another portal with the same data may take to end. */
  lockWaitMs?: number;
  /** Told what is going on when it takes a while. */
  report?: (line: string) => void;
};

const startMs = 30_000;

/**
 * Runs a real Postgres on 127.0.0.1 with its data in a data directory, which belongs to this process until `stop`.
 * A server that a killed portal left behind is taken over.
 * @throws StartError when another portal uses the data directory, or Postgres can't run here.
 */
export async function startEmbeddedPostgres(options: Options): Promise<EmbeddedPostgres> {
  const report = options.report ?? (() => undefined);
  const dataDir = makeDataDir(options.dataDir);
  const lock = await lockDataDir(dataDir, options.lockWaitMs, report);
  try {
    const home = preparePostgresHome(dataDir);
    const password = keepPassword(dataDir, home);
    if (!existsSync(clusterFolder(home))) {
      report("Creating the database…");
      await initCluster(home, password);
    }
    checkVersion(home);
    const port = await ensureRunning(home, password, options);
    await ensureDatabase(urlOf(port, password, "postgres"));
    // Web and worker know the URL, so the port stays.
    const restart = () => ensureRunning(home, password, options, port);
    const supervisor = supervisePostgres(() => findPostmaster(home) !== null, restart, report);
    const stop = async () => {
      await supervisor.stop();
      await stopServer(home);
      lock.release();
    };
    return { url: urlOf(port, password, userName), stop };
  } catch (err) {
    lock.release();
    throw err;
  }
}

/** The URL of the server that runs on a data directory just now, without touching it; null when none does. */
export async function findRunningPostgres(dataDir: string): Promise<string | null> {
  if (!existsSync(join(dataDir, "postgres.password"))) return null;
  const home = preparePostgresHome(realpathSync(dataDir));
  const running = findPostmaster(home);
  if (!running) return null;
  const password = keepPassword(dataDir, home);
  return (await answers(home, urlOf(running.port, password, "postgres")))
    ? urlOf(running.port, password, userName)
    : null;
}

/** Root's new data directory lets Postgres' user through to its own folder; every file in it is closed by its own mode. */
function makeDataDir(path: string): string {
  const dataDir = resolve(path);
  try {
    mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    writeFileSync(join(dataDir, "portal.pid"), "", { flag: "a", mode: 0o600 });
  } catch (err) {
    if (
      err instanceof Error &&
      "code" in err &&
      (err.code === "EACCES" || err.code === "EPERM" || err.code === "EROFS")
    ) {
      throw new StartError(
        `The data directory ${dataDir} can't be written (${err.code}). Start Sallyport as the user it belongs to, or set SALLYPORT_DATA_DIR.`,
      );
    }
    throw err;
  }
  return realpathSync(dataDir);
}

function keepPassword(dataDir: string, home: PostgresHome): string {
  const file = join(dataDir, "postgres.password");
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  if (existsSync(clusterFolder(home))) {
    throw new StartError(
      `${file} is missing: the password of the database in ${home.folder}. Restore it from a backup.`,
    );
  }
  const password = randomBytes(24).toString("hex");
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return password;
}

function checkVersion(home: PostgresHome): void {
  const made = readFileSync(join(clusterFolder(home), "PG_VERSION"), "utf8").trim();
  if (made === home.version) return;
  throw new StartError(
    `The database in ${home.folder} was made by Postgres ${made}, and this Sallyport runs Postgres ${home.version}. Dump it with the Sallyport that made it and restore it here.`,
  );
}

/**
 * Adopts the running server of this cluster or starts one, and tries again for a while: one may be stopping just now.
 * @param fixedPort the only port that will do.
 */
async function ensureRunning(
  home: PostgresHome,
  password: string,
  options: Options,
  fixedPort?: number,
): Promise<number> {
  const deadline = Date.now() + startMs;
  let avoid = 0;
  while (Date.now() < deadline) {
    const running = findPostmaster(home);
    if (running) {
      if (await answers(home, urlOf(running.port, password, "postgres"))) return running.port;
      await delay(100);
      continue;
    }
    rmSync(join(clusterFolder(home), "postmaster.pid"), { force: true });
    const port = fixedPort ?? (await choosePort(home, options.port, avoid));
    const child = spawnServer(home, port, options.settings ?? {});
    let ended = false;
    child.once("error", () => (ended = true));
    child.once("exit", () => (ended = true));
    child.unref();
    while (!ended && Date.now() < deadline) {
      if (await answers(home, urlOf(port, password, "postgres"))) {
        writeFileSync(join(home.folder, "port"), `${port}\n`);
        return port;
      }
      await delay(30);
    }
    avoid = port;
    await delay(200);
  }
  throw new StartError(`Postgres did not start within ${startMs / 1000} s. The end of its log:\n${readLogEnd(home)}`);
}

async function choosePort(home: PostgresHome, wanted: number | undefined, avoid: number): Promise<number> {
  const file = join(home.folder, "port");
  const kept = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  for (const port of [wanted ?? 0, kept]) {
    if (port > 0 && port < 65536 && port !== avoid && (await isPortFree(port, "127.0.0.1"))) return port;
  }
  return findFreePort();
}

/** Whether our own server, and not somebody else's on the same port, accepts connections: it knows our password and has our cluster. */
async function answers(home: PostgresHome, url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query("select current_setting('data_directory') as folder");
    return realpathSync(rows[0].folder) === realpathSync(clusterFolder(home));
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ensureDatabase(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [userName]);
    if (!rowCount) await client.query(`create database ${userName}`);
  } finally {
    await client.end();
  }
}

function urlOf(port: number, password: string, database: string): string {
  return `postgres://${userName}:${password}@127.0.0.1:${port}/${database}`;
}
