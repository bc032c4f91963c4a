import { getLog } from "#lib/platform/log/log.ts";
import { fireDue, msToNextDue } from "./fire-due.ts";

/** How often is looked for schedules that were made or changed. */
const pollMs = 300;
const troubleMs = 1000;

/** Fires schedules when they are due, in a worker, until stopped. @returns stops, and waits for what is under way. */
export function startFiring(): () => Promise<void> {
  let isStopping = false;
  let wake = (): void => undefined;
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const looping = (async () => {
    while (!isStopping) {
      try {
        const count = await fireDue();
        if (count > 0 || isStopping) continue;
        // To the moment, if that comes first.
        const next = (await msToNextDue()) ?? pollMs;
        // One that is due and was not moved on is in the hands of another worker, or can't be fired.
        if (!isStopping) await pause(next > 0 && next < pollMs ? Math.ceil(next) : pollMs);
      } catch (err) {
        getLog().warn({ err }, "schedules that are due could not be read");
        if (!isStopping) await pause(troubleMs);
      }
    }
  })();
  return async () => {
    isStopping = true;
    wake();
    await looping;
  };
}
