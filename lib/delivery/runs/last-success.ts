import { and, desc, eq, lt } from "drizzle-orm";
import { runs } from "#drizzle/schema/runs.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";
import type { Run } from "./model.ts";
import { findRun } from "./read-runs.ts";

/** The last successful run of the same trigger before a run, if the caller can read one; else null. */
export async function findLastSuccess(
  ctx: Context,
  { id, triggerId }: Pick<Run, "id" | "triggerId">,
): Promise<Run | null> {
  if (triggerId === null) return null;
  const [found] = await getDb()
    .select({ id: runs.id })
    .from(runs)
    .where(
      and(
        eq(runs.triggerId, triggerId),
        eq(runs.status, "succeeded"),
        lt(runs.id, id),
        isWithinNodes(runs.nodePath, allowedNodes(ctx.grants, "runs.read")),
      ),
    )
    .orderBy(desc(runs.id))
    .limit(1);
  return found ? (await findRun(found.id)).run : null;
}
