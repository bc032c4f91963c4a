import { listenForShutdown, type Shutdown } from "./shutdown.ts";
import { describeFailure } from "./start-error.ts";

type Running = {
  /** What to print now that it runs. */
  lines: string[];
  stop: () => Promise<void>;
};

/** Runs a portal from its start to the signal that ends it, and ends this process: with 0 unless it could not start. */
export async function runPortal(
  start: (shutdown: Shutdown, report: (line: string) => void) => Promise<Running>,
): Promise<never> {
  const shutdown = listenForShutdown();
  const report = (line: string) => console.log(line);
  try {
    const running = await start(shutdown, report);
    for (const line of running.lines) report(line);
    await untilAborted(shutdown.stopping);
    report("Stopping…");
    await running.stop();
    report("Stopped.");
    process.exit(0);
  } catch (err) {
    if (shutdown.stopping.aborted) process.exit(0);
    console.error(describeFailure(err));
    process.exit(1);
  }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const alive = setInterval(() => undefined, 1 << 30);
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  clearInterval(alive);
}
