import type { Limiter } from "#lib/platform/background/limiter.ts";
import { type ActionResult, toActionError } from "./action-result.ts";

/** What happens to one item of a bulk action: it's running, or done with its result. */
export type BulkProgress<T> = { id: string; result: ActionResult<T> | null };

/** Runs work for each item. All of it runs to its end, even if nobody reads the results. */
export function runEach<T>(
  ids: readonly string[],
  limit: Limiter,
  run: (id: string) => Promise<T>,
): ReadableStream<BulkProgress<T>> {
  let isRead = true;
  return new ReadableStream<BulkProgress<T>>({
    async start(controller) {
      const report = (progress: BulkProgress<T>) => isRead && controller.enqueue(progress);
      await Promise.all(
        [...new Set(ids)].map((id) =>
          limit(async () => {
            report({ id, result: null });
            report({ id, result: await settle(() => run(id)) });
          }),
        ),
      );
      if (isRead) controller.close();
    },
    cancel() {
      isRead = false;
    },
  });
}

async function settle<T>(run: () => Promise<T>): Promise<ActionResult<T>> {
  try {
    return { ok: true, value: await run() };
  } catch (err) {
    return { ok: false, error: toActionError(err) };
  }
}
