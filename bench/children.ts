import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** Starts a file of the project as a process of its own; it ends with this one. `firstMessage` is what it sends when it is ready. */
export function startProcess(file: string, args: string[], env: NodeJS.ProcessEnv, execArgv: string[] = []) {
  const child = fork(file, args, {
    env,
    execArgv: ["--disable-warning=ExperimentalWarning", ...execArgv],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = new Promise<string>((resolve) =>
    child.once("exit", (code, signal) => resolve(signal ?? `code ${code}`)),
  );
  const firstMessage = new Promise<unknown>((resolve, reject) => {
    child.once("message", resolve);
    void ended.then((how) => reject(new Error(`${file} ended (${how})`)));
  });
  firstMessage.catch(() => undefined);
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  return { pid: child.pid!, stop, firstMessage, ended };
}

/** Waits until a URL answers 200, at most 60 s. */
export async function untilReady(url: string, ended: Promise<string>): Promise<void> {
  let how: string | null = null;
  void ended.then((value) => (how = value));
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (how !== null) throw new Error(`it ended (${how}) before ${url} answered`);
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    await delay(100);
  }
  throw new Error(`${url} did not answer within 60 s`);
}

/** CPU time of this process so far, in microseconds. */
export function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** CPU time of another process so far, in microseconds, to 10 ms (proc_pid_stat(5), fields 14 and 15); null without /proc. */
export function cpuOf(pid: number): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return null;
  }
}
