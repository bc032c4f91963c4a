import { singleton } from "#lib/platform/env/singleton.ts";
import { getLog } from "#lib/platform/log/log.ts";

/**
 * How long a process may drain after SIGTERM before it ends anyway; below what Kubernetes gives it (45 s, docs/deployment). Runs that are
 * still under way then are recorded as interrupted.
 */
const drainMs = 25_000;

const getState = () => singleton("process", () => ({ isStopping: false }));

/** Whether this process was asked to end: it finishes what it has and wants no more. */
export function isStopping(): boolean {
  return getState().isStopping;
}

/** Ends this process when the start script that spawned it is gone, so that nothing lingers after kill -9. */
export function exitWithParent(): void {
  if (process.channel) process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
}

/**
 * Tells the parent process, if it opened a channel, that this process is ready. Call it after `onShutdown`: a SIGTERM that arrives
 * earlier ends the process without draining.
 */
export function reportReady(): void {
  if (process.connected) process.send?.({ kind: "ready" });
}

/**
 * Runs `drain` at SIGTERM or SIGINT and ends the process: with 0 when it drained, with 1 when that failed or took longer
 * than `limitMs`.
 */
export function onShutdown(drain: () => Promise<void>, limitMs = drainMs): void {
  const state = getState();
  const stop = async () => {
    if (state.isStopping) return;
    state.isStopping = true;
    setTimeout(() => process.exit(1), limitMs).unref();
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
