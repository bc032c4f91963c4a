import { z } from "zod";
import type { Context } from "#lib/access/permissions/context.ts";
import type { Action } from "#lib/access/permissions/permissions.ts";
import { createLimiter, type Limiter } from "#lib/platform/background/limiter.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { protectedAction } from "./action.ts";
import { type ActionResult, toActionError } from "./action-result.ts";

/** What happens to one item of a bulk action: it's running, or done with its result. */
export type BulkProgress<T> = { id: string; result: ActionResult<T> | null };

/** Changes of all bulk actions of this process share a few connections of the pool. */
const changesAtOnce = 4;

const limiters = {
  changes: () => singleton("bulk.changes", () => createLimiter(changesAtOnce)),
  // Checks use a quarter of a provider's token-request slots, so that runs and renewals find free ones.
  checks: () =>
    singleton("bulk.checks", () =>
      createLimiter(Math.max(1, Math.floor(getEnv().SALLYPORT_TOKEN_REQUESTS_PER_HOST / 4))),
    ),
};

/** The items of a bulk action. */
export const byIds = z.object({ ids: z.array(z.uuid()).min(1).max(200) });

/**
 * Makes a server action for many items. Each item is authorized, done, and recorded on its own, by the use-case for one of them;
 * the action returns the results as they come in.
 * @param options.input what is the same for all items.
 */
export function bulkAction<S extends z.ZodRawShape, T>(
  options: { permission: Action; input: S; limit: keyof typeof limiters },
  run: (ctx: Context, id: string, input: z.output<z.ZodObject<S>>) => Promise<T>,
) {
  return protectedAction(
    { permission: options.permission, schema: z.object(options.input).and(byIds) },
    (ctx, { ids, ...input }) =>
      runEach(ids, limiters[options.limit](), (id) => run(ctx, id, input as z.output<z.ZodObject<S>>)),
  );
}

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
