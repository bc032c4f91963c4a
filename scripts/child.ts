import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

type ChildOptions = {
  /** Shown in front of its lines. */
  name: string;
  /** The TypeScript file that it runs. */
  file: string;
  args?: string[];
  env: NodeJS.ProcessEnv;
  onMessage?: (message: unknown) => void;
  onLine: (name: string, line: string) => void;
};

/** A process of the portal. It ends by itself when this process is gone, since its channel closes. */
export type Child = {
  name: string;
  /** Ends after the first exit of the process: its code or signal. */
  exited: Promise<string>;
  /** From now on a process that ends is started again, after 1 s, 2 s, 4 s … 30 s. */
  keepAlive: () => void;
  /** SIGTERM, and SIGKILL after `graceMs`. Resolves when it is gone. */
  stop: (graceMs: number) => Promise<void>;
};

const steadyMs = 60_000;

/** Starts a process of the portal, out of reach of the terminal's Ctrl-C: it is told to stop when it is its turn. */
export function startChild(options: ChildOptions): Child {
  let current: ChildProcess;
  let stopping = false;
  let kept = false;
  let failures = 0;
  let retry: NodeJS.Timeout | undefined;
  const exited = Promise.withResolvers<string>();

  const launch = () => {
    const startedAt = Date.now();
    current = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", options.file, ...(options.args ?? [])],
      {
        env: options.env,
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        detached: true,
      },
    );
    for (const stream of [current.stdout, current.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", (line) => options.onLine(options.name, line));
    }
    if (options.onMessage) current.on("message", options.onMessage);
    current.once("exit", (code, signal) => {
      const how = signal ?? `code ${code}`;
      exited.resolve(how);
      if (stopping || !kept) return;
      failures = Date.now() - startedAt > steadyMs ? 0 : failures + 1;
      const waitMs = Math.min(30_000, 500 * 2 ** failures);
      options.onLine(options.name, `ended (${how}); it starts again in ${waitMs / 1000} s`);
      retry = setTimeout(launch, waitMs);
    });
  };
  launch();

  const isGone = () => current.exitCode !== null || current.signalCode !== null;
  return {
    name: options.name,
    exited: exited.promise,
    keepAlive: () => {
      kept = true;
    },
    stop: async (graceMs) => {
      stopping = true;
      clearTimeout(retry);
      if (isGone()) return;
      const gone = new Promise((resolve) => current.once("exit", resolve));
      current.kill(graceMs > 0 ? "SIGTERM" : "SIGKILL");
      const kill = setTimeout(() => current.kill("SIGKILL"), graceMs);
      await gone;
      clearTimeout(kill);
    },
  };
}
