import { and, desc, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import { nodes } from "#drizzle/schema/nodes.ts";
import { runs } from "#drizzle/schema/runs.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { keyset, type Page, toPage } from "#lib/platform/db/keyset.ts";
import { lowestIdAt } from "#lib/platform/db/uuid-time.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";
import { isAppError, notFound } from "#lib/platform/errors/app-error.ts";
import type { Run, RunEvent, RunSummary } from "./model.ts";
import { type RunQuery, runQuery } from "./schema.ts";

const shared = {
  id: runs.id,
  triggerId: runs.triggerId,
  triggerName: runs.triggerName,
  transportId: runs.transportId,
  transportName: runs.transportName,
  nodeId: runs.nodeId,
  nodeName: nodes.name,
  credentialId: runs.credentialId,
  credentialName: runs.credentialName,
  event: sql<RunEvent>`${runs.event}`,
  actor: runs.actor,
  status: runs.status,
  queuedAt: runs.queuedAt,
  dueAt: runs.dueAt,
  heldUntil: runs.heldUntil,
  startedAt: runs.startedAt,
  durationMs: runs.durationMs,
  attempts: runs.attempts,
  error: runs.error,
};

/** Rows of the list of runs, without requests and answers. */
export async function selectRuns(where: SQL | undefined, limit: number): Promise<RunSummary[]> {
  const rows = await getDb()
    .select({ ...shared, responseStatus: runs.responseStatus })
    .from(runs)
    .leftJoin(nodes, eq(nodes.id, runs.nodeId))
    .where(where)
    .orderBy(desc(runs.id))
    .limit(limit);
  return rows.map((row) => ({ ...row, ...inText(row) }));
}

type Instants = { queuedAt: Date | null; dueAt: Date | null; heldUntil: Date | null; startedAt: Date };

function inText({ queuedAt, dueAt, heldUntil, startedAt }: Instants) {
  return {
    queuedAt: queuedAt?.toISOString() ?? null,
    dueAt: dueAt?.toISOString() ?? null,
    heldUntil: heldUntil?.toISOString() ?? null,
    startedAt: startedAt.toISOString(),
  };
}

/**
 * One run with its receipt, and the path of its node at the time.
 * @throws AppError `not_found`
 */
export async function findRun(id: string): Promise<{ run: Run; nodePath: string[] }> {
  const [found] = await getDb()
    .select({
      run: {
        ...shared,
        proxy: runs.proxy,
        token: runs.token,
        request: runs.request,
        response: runs.response,
        soap: runs.soap,
        timing: runs.timing,
        attemptLog: runs.attemptLog,
        variables: runs.variables,
        correlationId: runs.correlationId,
      },
      nodePath: runs.nodePath,
    })
    .from(runs)
    .leftJoin(nodes, eq(nodes.id, runs.nodeId))
    .where(eq(runs.id, id));
  if (!found) throw notFound("run", id);
  return { run: { ...found.run, ...inText(found.run) }, nodePath: found.nodePath };
}

/** One run with its receipt, null when it is not there. */
export async function findRunIfThere(id: string): Promise<Run | null> {
  try {
    return (await findRun(id)).run;
  } catch (err) {
    if (isAppError(err) && err.code === "not_found") return null;
    throw err;
  }
}

/** How far the clock of an id (UUIDv7) may be from the run's start. */
const slackMs = 60_000;

/**
 * Condition on the start of runs. Ids begin with the time (RFC 9562 section 5.7), so the primary key narrows the search
 * before the exact comparison.
 */
export function startedBetween(since: Date | null, until: Date | null): SQL | undefined {
  return and(
    since ? and(gte(runs.startedAt, since), gte(runs.id, lowestIdAt(since.getTime() - slackMs))) : undefined,
    until ? and(lt(runs.startedAt, until), lt(runs.id, lowestIdAt(until.getTime() + slackMs))) : undefined,
  );
}

/**
 * One run with its receipt.
 * @throws AppError `not_found`, `forbidden`
 */
export async function getRun(ctx: Context, id: string): Promise<Run> {
  const { run, nodePath } = await findRun(id);
  requirePermission(ctx, "runs.read", nodePath);
  return run;
}

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
