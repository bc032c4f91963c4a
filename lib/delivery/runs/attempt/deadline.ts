import { AppError } from "#lib/platform/errors/app-error.ts";

/**
 * What `work` gives, unless the deadline comes first; without a promise when `work` needs none.
 * @param deadline by performance.now().
 * @param maxExecutionMs for the message.
 * @throws AppError `timeout`; what `work` throws meanwhile, unless that is a timeout of its own that the deadline caused
 */
export function settleBefore<T>(deadline: number, work: () => T | Promise<T>, maxExecutionMs: number): T | Promise<T> {
  const started = work();
  return started instanceof Promise ? race(deadline, started, maxExecutionMs) : started;
}

async function race<T>(deadline: number, started: Promise<T>, maxExecutionMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tookTooLong(maxExecutionMs)), Math.max(0, deadline - performance.now()));
  });
  // Whichever loses the race must not become an unhandled rejection.
  started.catch(() => undefined);
  try {
    return await Promise.race([started, ended]);
  } catch (err) {
    throw performance.now() >= deadline ? tookTooLong(maxExecutionMs) : err;
  } finally {
    clearTimeout(timer);
  }
}

function tookTooLong(maxExecutionMs: number): AppError {
  return new AppError("timeout", `The run was ended after its max execution time of ${maxExecutionMs} ms.`, {
    hint: "The service or the token endpoint was slow. Raise the trigger's max execution time if it is meant to take longer.",
    retryable: true,
  });
}
