import { getLog } from "#lib/platform/log/log.ts";

/**
 * Does something again and again in the background until stopped, the first time at once; one time never overlaps the next.
 * What fails is logged and tried at the next time.
 * @param what for the log: "what has expired could not be cleared".
 * @returns stops it and waits for what is under way.
 */
export function startEvery(everyMs: number, what: string, act: () => Promise<unknown>): () => Promise<void> {
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const next = () => {
    running = act()
      .then(
        () => undefined,
        (err) => getLog().warn({ err }, what),
      )
      .then(() => {
        if (!stopped) timer = setTimeout(next, everyMs);
      });
  };
  next();
  return async () => {
    stopped = true;
    if (timer) clearTimeout(timer);
    await running;
  };
}
