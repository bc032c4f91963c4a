import { getLog } from "./log.ts";

/** How long a process may drain after SIGTERM before it ends anyway. */
const drainMs = 15_000;

/** Ends this process when the start script that spawned it is gone, so that nothing lingers after kill -9. */
export function exitWithParent(): void {
  if (process.channel) process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
}

/**
 * Runs `drain` at SIGTERM or SIGINT and ends the process: with 0 when it drained, with 1 when that failed or took longer
 * than 15 s.
 */
export function onShutdown(drain: () => Promise<void>): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), drainMs).unref();
    try {
      await drain();
      process.exit(0);
    } catch (err) {
      getLog().error({ err }, "the end was not clean");
      process.exit(1);
    }
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}
