import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll } from "vitest";
import type { TokenSubject } from "#lib/oauth/tokens/model.ts";
import { findProgram } from "./test-programs.ts";

export type TokenAnswer = { accessToken?: string; source?: string; credentialVersion?: number; code?: string };

/** A process that gets tokens on the test's database. */
export type TokenProcess = {
  child: ChildProcess;
  getToken: (subject: TokenSubject) => Promise<TokenAnswer>;
  /** Looks once whether the configuration was changed. Processes also do so by themselves. */
  lookForChanges: () => Promise<unknown>;
};

/**
 * Starts processes for a test file, with raised limits. Starting one takes a second or two, so its tests share them. Call it after
 * everything that sets the environment.
 * @returns the processes, once the first test runs. Their connections are named `token process 0` and so on.
 */
export function setUpTokenProcesses(count: number): readonly TokenProcess[] {
  const processes: TokenProcess[] = [];
  beforeAll(async () => {
    const children = Array.from({ length: count }, (_, index) =>
      fork(findProgram("scripts/test-token-process.ts"), {
        execArgv: [],
        env: { ...process.env, PGAPPNAME: `token process ${index}` },
      }),
    );
    for (const child of children) {
      processes.push({
        child,
        getToken: (subject) => ask(child, { subject }),
        lookForChanges: () => ask(child, { act: "look" }),
      });
    }
    await Promise.all(children.map((child) => once(child, "message")));
    await Promise.all(children.map((child) => ask(child, { act: "raise limits" })));
  });
  afterAll(() => Promise.all(processes.map(({ child }) => killProcess(child))));
  return processes;
}

/** Kills a process and waits for its end. */
export async function killProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

let questions = 0;
function ask(child: ChildProcess, question: object): Promise<TokenAnswer> {
  const ask = ++questions;
  return new Promise((resolve) => {
    const listen = (answer: TokenAnswer & { ask: number }) => {
      if (answer.ask !== ask) return;
      child.off("message", listen);
      resolve(answer);
    };
    child.on("message", listen);
    child.send({ ask, ...question });
  });
}
