import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, readlinkSync, realpathSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { PostgresHome } from "./postgres-home.ts";

/** Small, safe settings for one portal on one machine. Statements never reach the log: they could hold secrets. */
const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  shared_buffers: "128MB",
  synchronous_commit: "on",
  timezone: "UTC",
  log_timezone: "UTC",
  log_min_messages: "warning",
  log_min_error_statement: "panic",
  log_checkpoints: "off",
  jit: "off",
};

/** The parent process of a Postgres server, as its postmaster.pid names it. */
export type Postmaster = { pid: number; port: number };

export const logFile = (home: PostgresHome) => join(home.folder, "postgres.log");
export const clusterFolder = (home: PostgresHome) => join(home.folder, "data");

/** Runs a program of Postgres as its user, in a session of its own: Ctrl-C in the terminal must not reach it. */
export function spawnPostgres(home: PostgresHome, program: "postgres" | "initdb", args: string[]): ChildProcess {
  const log = openSync(logFile(home), "a", 0o600);
  try {
    return spawn(join(home.binaries, "bin", program), args, {
      ...home.owner,
      cwd: "/",
      detached: true,
      stdio: ["ignore", log, log],
      // Nothing of our own environment: it holds secrets, and the server outlives us after kill -9.
      env: { NODE_ENV: "production", PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
    });
  } finally {
    closeSync(log);
  }
}

/**
 * Spawns the server; it is not ready yet when this returns.
 * @param more settings over the usual ones.
 */
export function spawnServer(home: PostgresHome, port: number, more: Record<string, string>): ChildProcess {
  truncateLargeLog(logFile(home));
  const all = Object.entries({ ...settings, ...more, port: String(port) });
  return spawnPostgres(home, "postgres", [
    "-D",
    clusterFolder(home),
    ...all.flatMap(([key, value]) => ["-c", `${key}=${value}`]),
  ]);
}

function truncateLargeLog(file: string): void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 10_000_000) truncateSync(file);
}

/** The end of the server's log, for an error message. */
export function readLogEnd(home: PostgresHome, lines = 5): string {
  try {
    return readFileSync(logFile(home), "utf8").trim().split("\n").slice(-lines).join("\n");
  } catch {
    return "";
  }
}

/**
 * The running server of this cluster, or null. postmaster.pid outlives a crash and its pid may belong to anything by
 * now, so the process itself is looked at: a postmaster's working directory is its cluster.
 */
export function findPostmaster(home: PostgresHome): Postmaster | null {
  const cluster = clusterFolder(home);
  let lines: string[];
  try {
    lines = readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return Number.isInteger(pid) && pid > 1 && Number.isInteger(port) && isServerOf(pid, cluster) ? { pid, port } : null;
}

function isServerOf(pid: number, cluster: string): boolean {
  try {
    if (process.platform === "linux") {
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
    }
    // No /proc: that it is alive must do; whether it is ours is told by the password when we connect.
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Stops the server: fast shutdown, then immediate when that takes longer than 20 s (it recovers at the next start). */
export async function stopServer(home: PostgresHome): Promise<void> {
  const postmaster = findPostmaster(home);
  if (!postmaster) return;
  for (const [signal, waitMs] of [
    ["SIGINT", 20_000],
    ["SIGQUIT", 5000],
  ] as const) {
    try {
      process.kill(postmaster.pid, signal);
    } catch {
      return;
    }
    const deadline = Date.now() + waitMs;
    while (Date.now() < deadline) {
      if (!isServerOf(postmaster.pid, clusterFolder(home))) return;
      await delay(20);
    }
  }
}
