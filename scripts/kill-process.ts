import type { ChildProcess } from "node:child_process";

/**
 * Kills a program that keeps nothing, and waits until it is gone. SIGTERM would not do: a program that looks for it before it
 * waits for its next connection (tinyproxy) misses one that comes in between, and waits on.
 */
export async function killProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}
