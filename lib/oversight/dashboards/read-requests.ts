import { type SQL, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { isAtNodes } from "#lib/oauth/credentials/visible.ts";
import { getDb } from "#lib/platform/db/client.ts";
import type { RequestBlock, RequestTotals, Scope, SignInBlock } from "./model.ts";
import { type Counted, selectRequestSteps, selectSignIns } from "./sources.ts";
import { type DashboardSpan, listSteps } from "./span.ts";

const shown = 10;

/** Condition over an event `e`: of a credential of the scope; null = of any. */
async function ofScope({ nodeId }: Scope): Promise<SQL | null> {
  if (nodeId === null) return null;
  // Named one by one, so that the index over credentials is used however many events others have.
  const rows = await getDb()
    .select({ id: credentials.id })
    .from(credentials)
    .where(isAtNodes([nodeId]));
  return sql`e.credential_id = any(${sql.param(rows.map(({ id }) => id))}::uuid[])`;
}

/** Token requests over time, by the provider's host and by reason; and sign-ins by profile and reason. */
export async function readRequests(
  scope: Scope,
  span: DashboardSpan,
  counted: Counted,
): Promise<{ requests: RequestBlock; signIns: SignInBlock }> {
  const where = await ofScope(scope);
  const [requests, signIns] = await Promise.all([
    readTokenRequests(span, selectRequestSteps(span, counted.requests, where)),
    readSignIns(selectSignIns(span, counted.requests, where)),
  ]);
  return { requests, signIns };
}

/** Totals either of a step, of all hosts, or of a host and a reason, of all steps. */
type Row = { step: number | null; host: string; reason: string } & RequestTotals;

const totals = sql`coalesce(sum(requests) filter (where outcome = 'succeeded'), 0)::float8 as succeeded,
  coalesce(sum(requests) filter (where outcome = 'failed'), 0)::float8 as failed`;

async function readTokenRequests(span: DashboardSpan, source: SQL): Promise<RequestBlock> {
  // Added up to few rows first, which are then added up both ways.
  const { rows } = await getDb().execute<Row>(sql`
    select step, host, reason, ${totals} from (
      select step, host, outcome, reason, sum(requests) as requests from (${source}) request group by step, host, outcome, reason) part
    group by grouping sets ((step), (host, reason))`);
  const steps = new Map(rows.map((row) => [row.step, row]));
  const parts = rows.filter(({ step }) => step === null);
  return {
    series: listSteps(span).map((ms, step) => ({ at: new Date(ms).toISOString(), ...addUp(steps.get(step)) })),
    totals: addUp(...parts),
    hosts: [...Map.groupBy(parts, ({ host }) => host)]
      .map(([host, of]) => ({ host, ...addUp(...of) }))
      .sort((one, other) => other.failed - one.failed || other.succeeded - one.succeeded)
      .slice(0, shown),
    reasons: parts
      .filter(({ failed }) => failed > 0)
      .map(({ host, reason, failed }) => ({ host, reason, count: failed }))
      .sort((one, other) => other.count - one.count)
      .slice(0, shown),
  };
}

/** A profile, or, with a reason, how often one was refused for it. */
type SignInRow = { credentialId: string; name: string; reason: string | null } & RequestTotals;

/** Of very many profiles only those that are shown leave the database. */
async function readSignIns(source: SQL): Promise<SignInBlock> {
  const name = sql`coalesce(c.name, 'a deleted profile') as name`;
  const { rows } = await getDb().execute<SignInRow>(sql`
    with part as (select credential_id, outcome, reason, sum(requests) as requests from (${source}) request group by credential_id, outcome, reason),
      sign_in as materialized (select credential_id, reason, ${totals} from part group by credential_id, reason),
      profile as (select credential_id, sum(succeeded) as succeeded, sum(failed) as failed from sign_in group by credential_id
        order by sum(succeeded) + sum(failed) desc, credential_id limit ${shown}),
      refusal as (select credential_id, reason, failed from sign_in where failed > 0 order by failed desc, credential_id, reason limit ${shown})
    select shown.*, ${name} from (
      select credential_id as "credentialId", null::text as reason, succeeded, failed from profile
      union all select credential_id, reason, 0, failed from refusal) shown left join ${credentials} c on c.id = shown."credentialId"
    order by succeeded + failed desc, "credentialId", reason`);
  return {
    profiles: rows.filter(({ reason }) => reason === null).map(({ reason: _, ...profile }) => profile),
    reasons: rows.flatMap(({ credentialId, name, reason, failed }) =>
      reason === null ? [] : [{ credentialId, name, reason, count: failed }],
    ),
  };
}

function addUp(...rows: (RequestTotals | undefined)[]): RequestTotals {
  const sum = (name: keyof RequestTotals) => rows.reduce((total, row) => total + (row?.[name] ?? 0), 0);
  return { succeeded: sum("succeeded"), failed: sum("failed") };
}
