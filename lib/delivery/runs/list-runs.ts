import { and, eq } from "drizzle-orm";
import { runs } from "#drizzle/schema/runs.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import { keyset, type Page, toPage } from "#lib/platform/db/keyset.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";
import { selectRuns, startedBetween } from "./find-runs.ts";
import type { RunSummary } from "./model.ts";
import { type RunQuery, runQuery } from "./schema.ts";

/** The runs on the nodes that the caller may read, newest first. */
export async function listRuns(ctx: Context, input: RunQuery = {}): Promise<Page<RunSummary>> {
  const query = runQuery.parse(input);
  const where = and(
    isWithinNodes(runs.nodePath, allowedNodes(ctx.grants, "runs.read")),
    query.nodeId ? isWithinNodes(runs.nodePath, [query.nodeId]) : undefined,
    query.triggerId ? eq(runs.triggerId, query.triggerId) : undefined,
    query.transportId ? eq(runs.transportId, query.transportId) : undefined,
    query.credentialId ? eq(runs.credentialId, query.credentialId) : undefined,
    query.status ? eq(runs.status, query.status) : undefined,
    query.event ? eq(runs.event, query.event) : undefined,
    startedBetween(query.since ? new Date(query.since) : null, query.until ? new Date(query.until) : null),
    keyset(runs.id, runs.id, "desc", query.cursor).where,
  );
  const rows = await selectRuns(where, query.limit + 1);
  return toPage(rows, query.limit, ({ id }) => ({ value: id, id }));
}
