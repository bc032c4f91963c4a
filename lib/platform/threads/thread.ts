import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort } from "node:worker_threads";
import { toAppError } from "#lib/platform/errors/app-error.ts";
import type { SentError, Work, WorkResult } from "./thread-pool.ts";

// The entry point of a thread.
parentPort!.on("message", async (work: Work) => {
  const result = await perform(work);
  try {
    parentPort!.postMessage(result);
  } catch (err) {
    parentPort!.postMessage({ error: describeError(err) } satisfies WorkResult);
  }
});

async function perform({ file, name, args }: Work): Promise<WorkResult> {
  try {
    const tasks = await import(pathToFileURL(join(process.cwd(), file)).href);
    return { value: await tasks[name](...args) };
  } catch (err) {
    return { error: describeError(err) };
  }
}

function describeError(err: unknown): SentError {
  const { code, message, hint, expose, retryable, fields, details, cause, stack } = toAppError(err);
  const shown = cause instanceof Error ? cause.stack : stack;
  return { code, message, hint, expose, retryable, fields, details, stack: shown };
}
