import { z } from "zod";
import type { Context } from "#lib/access/permissions/context.ts";
import type { Action } from "#lib/access/permissions/permissions.ts";
import { createLimiter } from "#lib/platform/background/limiter.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { protectedAction } from "./action.ts";
import { runEach } from "./run-each.ts";

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
