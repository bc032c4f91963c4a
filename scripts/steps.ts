import { spawn } from "node:child_process";

/** One step of a check: commands that run one after the other. */
export type Step = {
  name: string;
  commands: string[][];
  /** Steps that it needs: it runs when they have passed. */
  after?: string[];
  /** Steps that would take the processor from it: it runs when they are over, however they ended. */
  later?: string[];
  env?: Record<string, string>;
  /** Shows its output as it comes: for steps that people want to watch. */
  live?: boolean;
};

export type StepResult = { name: string; outcome: "passed" | "failed" | "not run"; seconds: number };

type Done = Map<string, StepResult>;

/**
 * Runs steps, `width` at a time, in their order where they don't wait for each other. A step whose needs failed is not run.
 * The output of a failed step is printed whole.
 * @throws Error when a step waits for one that does not exist
 */
export async function runSteps(steps: Step[], width: number): Promise<StepResult[]> {
  const names = new Set(steps.map(({ name }) => name));
  for (const { name, after = [], later = [] } of steps) {
    const unknown = [...after, ...later].find((other) => !names.has(other));
    if (unknown) throw new Error(`The step “${name}” waits for “${unknown}”, which is no step.`);
  }
  const done: Done = new Map();
  const waiting = [...steps];
  const running = new Set<Promise<void>>();
  while (waiting.length > 0 || running.size > 0) {
    skipHopeless(waiting, done);
    while (running.size < width) {
      const index = waiting.findIndex((step) => mayStart(step, done));
      if (index < 0) break;
      const [step] = waiting.splice(index, 1);
      const run: Promise<void> = runStep(step!).then((result) => {
        done.set(result.name, result);
        running.delete(run);
      });
      running.add(run);
    }
    // Nothing runs and nothing may start: what is left waits for each other.
    if (running.size === 0) break;
    await Promise.race(running);
  }
  return steps.map((step) => done.get(step.name) ?? { name: step.name, outcome: "not run", seconds: 0 });
}

function mayStart({ after = [], later = [] }: Step, done: Done): boolean {
  return after.every((need) => done.get(need)?.outcome === "passed") && later.every((name) => done.has(name));
}

function skipHopeless(waiting: Step[], done: Done): void {
  for (let index = waiting.length - 1; index >= 0; index--) {
    const step = waiting[index]!;
    const hopeless = (step.after ?? []).some((need) => done.has(need) && done.get(need)?.outcome !== "passed");
    if (!hopeless) continue;
    waiting.splice(index, 1);
    done.set(step.name, { name: step.name, outcome: "not run", seconds: 0 });
    skipHopeless(waiting, done);
    return;
  }
}

async function runStep(step: Step): Promise<StepResult> {
  console.log(`… ${step.name}`);
  const startedAt = Date.now();
  let outcome: StepResult["outcome"] = "passed";
  for (const command of step.commands) {
    const { code, output } = await runCommand(command, step);
    if (code === 0) continue;
    outcome = "failed";
    if (!step.live) console.log(output);
    console.log(`${command.join(" ")}: ${code}`);
    break;
  }
  const seconds = (Date.now() - startedAt) / 1000;
  console.log(`${outcome === "passed" ? "✓" : "✗"} ${step.name} (${seconds.toFixed(1)} s)`);
  return { name: step.name, outcome, seconds };
}

async function runCommand(
  [program, ...args]: string[],
  step: Step,
): Promise<{ code: number | string; output: string }> {
  const child = spawn(program!, args, {
    env: { ...process.env, ...(step.env ?? { NO_COLOR: "1" }) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      if (step.live) process.stdout.write(text);
      else output += text;
    });
  }
  const stop = () => child.kill("SIGTERM");
  process.on("SIGINT", stop).on("SIGTERM", stop);
  const code = await new Promise<number | string>((resolve) => {
    child.once("error", (err) => resolve(err.message));
    child.once("close", (exitCode, signal) => resolve(exitCode ?? signal ?? "?"));
  });
  process.off("SIGINT", stop).off("SIGTERM", stop);
  return { code, output };
}

/** The table of what ran, for the end. */
export function formatResults(results: StepResult[]): string {
  const width = Math.max(...results.map(({ name }) => name.length));
  const line = ({ name, outcome, seconds }: StepResult) =>
    `${name.padEnd(width)}  ${outcome.padEnd(7)}  ${outcome === "not run" ? "" : `${seconds.toFixed(1).padStart(6)} s`}`;
  return results.map(line).join("\n");
}
