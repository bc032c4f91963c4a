import { setTimeout as delay } from "node:timers/promises";

const lookEveryMs = 250;

/**
 * Starts the database's server again whenever it has ended, as `keepAlive` does for web and worker. It looks at the server
 * instead of waiting for a child process: a server that was taken over is nobody's child.
 * @param restart resolves when the server accepts connections again.
 */
export function supervisePostgres(
  isRunning: () => boolean,
  restart: () => Promise<unknown>,
  report: (line: string) => void,
): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const watch = async () => {
    while (!stopping.signal.aborted) {
      if (!isRunning()) {
        report("The database ended; it starts again.");
        await restart().then(
          () => report("The database runs again."),
          (err) => report(`The database didn't start: ${err instanceof Error ? err.message : String(err)}`),
        );
      }
      await delay(lookEveryMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  };
  const watching = watch();
  return {
    stop: async () => {
      stopping.abort();
      await watching;
    },
  };
}
