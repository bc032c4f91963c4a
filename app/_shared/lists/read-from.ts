import type { Context } from "#lib/access/permissions/context.ts";
import type { Page } from "#lib/platform/db/keyset.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";

export type ListOf<Q, T> = (ctx: Context, query: Q) => Promise<Page<T>>;

/** Reads one page of a list. A cursor that another order or an older version made starts at the first page. */
export async function readFrom<Q extends { cursor?: unknown }, T>(list: ListOf<Q, T>, ctx: Context, query: Q) {
  try {
    return await list(ctx, query);
  } catch (err) {
    if (query.cursor === undefined || !isAppError(err) || err.code !== "invalid_input") throw err;
    return list(ctx, { ...query, cursor: undefined });
  }
}
