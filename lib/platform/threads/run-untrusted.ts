import { getThreadPool, type WorkBudget } from "./thread-pool.ts";

/** Functions whose arguments and results can be copied between threads. */
type Tasks = { [name: string]: (...args: never[]) => unknown };

/** Runs a task in a thread, see `createThreadPool`. */
export type RunUntrusted<T> = <Name extends keyof T & string>(
  name: Name,
  args: T[Name] extends (...args: infer Args) => unknown ? Args : never,
  budget: WorkBudget,
) => Promise<T[Name] extends (...args: never[]) => infer Result ? Awaited<Result> : never>;

/**
 * Returns a function that runs the tasks of a file off the event loop, with a budget.
 * @param file relative to the project, with the type of its exports as `T`.
 */
export function createRunUntrusted<T extends Tasks>(file: string): RunUntrusted<T> {
  return ((name, args, budget) => getThreadPool().run({ file, name, args }, budget)) as RunUntrusted<T>;
}
