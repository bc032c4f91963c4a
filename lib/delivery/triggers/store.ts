import { eq, type SQL, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { queuedRuns } from "#drizzle/schema/queued-runs.ts";
import { runs } from "#drizzle/schema/runs.ts";
import { schedules } from "#drizzle/schema/schedules.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { webhooks } from "#drizzle/schema/webhooks.ts";
import { compileRequest, findJsonVariables } from "#lib/delivery/requests/compile-request.ts";
import { compileSoapRequest } from "#lib/delivery/requests/compile-soap-request.ts";
import { isSoapRequest, listParameters } from "#lib/delivery/requests/model.ts";
import { type Database, getDb, type Transaction } from "#lib/platform/db/client.ts";
import { pickFields } from "#lib/platform/definitions/rows.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";
import { isSecretHeader } from "#lib/platform/header-values/secret-names.ts";
import { showValues } from "#lib/platform/header-values/secret-values.ts";
import { plainFields } from "./definition.ts";
import type { ScheduleState, TriggerDetail, TriggerSummary, WebhookState } from "./model.ts";

const lastRun = sql<TriggerSummary["lastRun"]>`(
  select json_build_object('id', ${runs.id}, 'status', ${runs.status}, 'startedAt', ${runs.startedAt})
  from ${runs} where ${runs.triggerId} = ${triggers.id} order by ${runs.id} desc limit 1)`;

const countQueued = (states: SQL) => sql<number>`(
  select count(*)::int from ${queuedRuns} where ${queuedRuns.triggerId} = ${triggers.id} and ${queuedRuns.state} in (${states}))`;

/** What the list is ordered by; as Postgres reads it, since JavaScript lowers some letters otherwise. */
export const sortName = sql<string>`lower(${triggers.name})`;

const joined = {
  row: triggers,
  nodeName: nodes.name,
  nodePath: nodes.path,
  transportName: transports.name,
  transportType: transports.type,
  http: transports.http,
  credentialId: credentials.id,
  credentialName: credentials.name,
  lastRun,
  queued: countQueued(sql`'waiting', 'ready'`),
  held: countQueued(sql`'held'`),
  schedule: schedules,
  webhook: webhooks,
  sortName,
};

function selectJoined(db: Database | Transaction) {
  return db
    .select(joined)
    .from(triggers)
    .innerJoin(nodes, eq(nodes.id, triggers.nodeId))
    .innerJoin(transports, eq(transports.id, triggers.transportId))
    .leftJoin(credentials, eq(credentials.id, transports.credentialId))
    .leftJoin(schedules, eq(schedules.triggerId, triggers.id))
    .leftJoin(webhooks, eq(webhooks.triggerId, triggers.id));
}

/** A trigger with what is stored about it in other tables. */
export type JoinedTrigger = Awaited<ReturnType<typeof selectJoined>>[number];

/** A page of triggers. */
export async function selectTriggers(where: SQL | undefined, orderBy: SQL[], limit: number) {
  return selectJoined(getDb())
    .where(where)
    .orderBy(...orderBy)
    .limit(limit);
}

/**
 * One trigger.
 * @param lock whether other edits of the row wait for this transaction.
 * @throws AppError `not_found`
 */
export async function findTrigger(db: Database | Transaction, id: string, lock = false): Promise<JoinedTrigger> {
  const query = selectJoined(db).where(eq(triggers.id, id));
  const [found] = await (lock ? query.for("update", { of: triggers }) : query);
  if (!found) throw notFound("trigger", id);
  return found;
}

export function toTriggerSummary({ row, lastRun, queued, held, ...names }: JoinedTrigger): TriggerSummary {
  const { notes: _, ...plain } = pickFields(plainFields, row);
  return {
    ...plain,
    id: row.id,
    version: row.version,
    event: row.event,
    nodeName: names.nodeName,
    transportName: names.transportName,
    transportType: names.transportType,
    credentialId: names.credentialId,
    credentialName: names.credentialName,
    queued,
    held,
    lastRun: lastRun && { ...lastRun, startedAt: new Date(lastRun.startedAt).toISOString() },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** Everything of a trigger. */
export function toTriggerDetail(found: JoinedTrigger): TriggerDetail {
  const { notes } = found.row;
  const stored = found.row.request;
  const request = isSoapRequest(stored)
    ? stored
    : {
        ...stored,
        query: listParameters(stored.query),
        headers: showValues(stored.headers, isSecretHeader),
      };
  return {
    ...toTriggerSummary(found),
    request,
    ...listRequestVariables(found),
    schedule: found.schedule && toScheduleState(found.schedule),
    webhook: found.webhook && toWebhookState(found.webhook),
    notes,
  };
}

function toScheduleState({ nextDueAt, lastDueAt, missed, missedUntil }: typeof schedules.$inferSelect): ScheduleState {
  return {
    nextDueAt: nextDueAt?.toISOString() ?? null,
    lastDueAt: lastDueAt?.toISOString() ?? null,
    missed,
    missedUntil: missedUntil?.toISOString() ?? null,
  };
}

function toWebhookState({ slug, secretSetAt, previousUntil }: typeof webhooks.$inferSelect): WebhookState {
  return {
    path: `/api/hooks/${slug}`,
    secretSetAt: secretSetAt?.toISOString() ?? null,
    previousSecretUntil: previousUntil && previousUntil > new Date() ? previousUntil.toISOString() : null,
  };
}

function listRequestVariables({
  row: { request },
  http,
}: JoinedTrigger): Pick<TriggerDetail, "variables" | "jsonVariables"> {
  if (isSoapRequest(request)) {
    // Which of them stand for a list or an object only the WSDL tells (read-triggers.ts).
    return { variables: compileSoapRequest(request).variables, jsonVariables: [] };
  }
  if (!http) return { variables: [], jsonVariables: [] };
  const compiled = compileRequest(request, http);
  return { variables: compiled.variables, jsonVariables: findJsonVariables(compiled) };
}
