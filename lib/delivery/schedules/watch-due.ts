import type { Loop } from "#lib/platform/background/task.ts";
import { fireDue, msToNextDue } from "./fire-due.ts";

/** A round that fires the schedules that are due. The next round begins when the next schedule is due, if that's earlier. */
export async function watchDue(loop: Loop): Promise<void> {
  if ((await fireDue()) > 0) {
    loop.pauseMs = 0;
    return;
  }
  if (loop.isStopping) return;
  const next = await msToNextDue();
  // One that is due and was not moved on is in the hands of another worker, or can't be fired.
  if (next !== null && next > 0 && next < loop.pauseMs) loop.pauseMs = Math.ceil(next);
}
