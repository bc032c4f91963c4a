import { getEnv } from "#lib/platform/env/env.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { getLog } from "#lib/platform/log/log.ts";

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
 * than SALLYPORT_STOP_SECONDS. Runs still in progress then are recorded as interrupted.
 */
export function onShutdown(drain: () => Promise<void>): void {
  const state = getState();
  const stop = async () => {
    if (state.isStopping) return;
    state.isStopping = true;
    setTimeout(() => process.exit(1), getEnv().SALLYPORT_STOP_SECONDS * 1000).unref();
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
