import { getLog } from "../log.ts";
import { fireDue } from "./fire-due.ts";

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
        if (!isStopping && count === 0) await pause(pollMs);
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
