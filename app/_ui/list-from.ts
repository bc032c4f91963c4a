import { isAppError } from "#lib/platform/errors/app-error.ts";

/** One page of a list. A cursor that another order or an older version made starts at the first page. */
export async function listFrom<T>(
  list: (cursor: string | undefined) => Promise<T>,
  cursor: string | undefined,
): Promise<T> {
  try {
    return await list(cursor);
  } catch (err) {
    if (cursor === undefined || !isAppError(err) || err.code !== "invalid_input") throw err;
    return list(undefined);
  }
}
