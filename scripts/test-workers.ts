import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { afterAll } from "vitest";
import { findProgram } from "./test-programs.ts";

/** Worker processes of a test file, on its database; those that still run at its end are killed. */
export function setUpWorkers(): {
  /**
   * Resolves when all of them are ready: they drain at SIGTERM.
   * @param environment over that of the test.
   */
  start: (count: number, environment?: Record<string, string>) => Promise<ChildProcess[]>;
  /** Lets exactly so many workers run, in the environment of the test: starts or ends some. Resolves when they are ready. */
  keep: (count: number) => Promise<ChildProcess[]>;
  /** Resolves with the exit code when the process is gone; null if the signal ended it. */
  end: (worker: ChildProcess, signal: "SIGTERM" | "SIGKILL") => Promise<number | null>;
} {
  const workers = new Set<ChildProcess>();
  const end = async (worker: ChildProcess, signal: "SIGTERM" | "SIGKILL") => {
    if (worker.exitCode === null && worker.signalCode === null) {
      const ended = once(worker, "exit");
      worker.kill(signal);
      await ended;
    }
    workers.delete(worker);
    return worker.exitCode;
  };
  afterAll(() => Promise.all([...workers].map((worker) => end(worker, "SIGKILL"))));
  const start = async (count: number, environment: Record<string, string> = {}) => {
    const started = Array.from({ length: count }, () => {
      const worker = fork(findProgram("lib/worker.ts"), {
        execArgv: ["--disable-warning=ExperimentalWarning"],
        env: { ...process.env, ...environment },
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      });
      workers.add(worker);
      return worker;
    });
    await Promise.all(started.map(waitUntilReady));
    return started;
  };
  const keep = async (count: number) => {
    await Promise.all([...workers].slice(count).map((worker) => end(worker, "SIGTERM")));
    await start(count - workers.size);
    return [...workers];
  };
  return { start, keep, end };
}

/** Its first message says that it's ready. */
function waitUntilReady(worker: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("exit", (code, signal) =>
      reject(new Error(`A worker ended with ${signal ?? code} before it was ready.`)),
    );
  });
}
