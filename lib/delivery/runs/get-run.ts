import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { findRun } from "./find-runs.ts";
import type { Run } from "./model.ts";

/**
 * One run with its receipt.
 * @throws AppError `not_found`, `forbidden`
 */
export async function getRun(ctx: Context, id: string): Promise<Run> {
  const { run, nodePath } = await findRun(id);
  requirePermission(ctx, "runs.read", nodePath);
  return run;
}
