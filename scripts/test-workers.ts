import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { afterAll } from "vitest";

/** Worker processes of a test file, on its database; those that still run at its end are killed. */
export function setUpWorkers(): {
  /** @param environment over that of the test. */
  start: (count: number, environment?: Record<string, string>) => ChildProcess[];
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
  return {
    start: (count, environment = {}) =>
      Array.from({ length: count }, () => {
        const worker = fork("lib/worker.ts", {
          execArgv: [],
          env: { ...process.env, ...environment },
          stdio: ["ignore", "inherit", "inherit", "ipc"],
        });
        workers.add(worker);
        return worker;
      }),
    end,
  };
}
