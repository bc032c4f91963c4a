import { type SQL, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { isAtNode } from "../credentials/filters.ts";
import { getDb } from "../db/client.ts";
import type { RequestBlock, RequestTotals, Scope, SignInBlock } from "./model.ts";
import { type Counted, msOf, selectRequestCounts, stepOf } from "./sources.ts";
import { type DashboardSpan, listSteps } from "./span.ts";

const shown = 10;

/** Condition over an event `e`: of a credential of the scope; null = of any. */
async function ofScope({ nodeId }: Scope): Promise<SQL | null> {
  if (nodeId === null) return null;
  // Named one by one, so that the index over credentials is used however many events others have.
  const rows = await getDb().select({ id: credentials.id }).from(credentials).where(isAtNode(nodeId));
  return sql`e.credential_id = any(${sql.param(rows.map(({ id }) => id))}::uuid[])`;
}

/** Sign-ins are of no step: there may be very many profiles. */
type Row = {
  step: number | null;
  host: string;
  credentialId: string | null;
  isSignIn: boolean;
  reason: string;
} & RequestTotals;

/** Token requests over time, by the provider's host and by reason; and sign-ins by profile and reason. */
export async function readRequests(
  scope: Scope,
  span: DashboardSpan,
  counted: Counted,
): Promise<{ requests: RequestBlock; signIns: SignInBlock }> {
  const source = selectRequestCounts(span, counted, await ofScope(scope));
  const { rows } = await getDb().execute<Row>(sql`
    select ${msOf(sql`step`)} as step, host, "credentialId", "isSignIn", reason, succeeded, failed from (
      select case when kind <> 'sign_in' then ${stepOf(sql`at`, span.stepMs)} end as step, host, credential_id as "credentialId", kind = 'sign_in' as "isSignIn", reason,
        coalesce(sum(requests) filter (where outcome = 'succeeded'), 0)::float8 as succeeded,
        coalesce(sum(requests) filter (where outcome = 'failed'), 0)::float8 as failed
      from (${source}) request group by 1, 2, 3, 4, 5) steps`);
  const asked = rows.filter(({ isSignIn }) => !isSignIn);
  return { requests: toRequests(asked, span), signIns: await toSignIns(rows.filter(({ isSignIn }) => isSignIn)) };
}

function toRequests(rows: Row[], span: DashboardSpan): RequestBlock {
  const bySteps = Map.groupBy(rows, ({ step }) => step);
  return {
    series: listSteps(span).map((step) => ({ at: new Date(step).toISOString(), ...addUp(bySteps.get(step) ?? []) })),
    totals: addUp(rows),
    hosts: [...Map.groupBy(rows, ({ host }) => host)]
      .map(([host, of]) => ({ host, ...addUp(of) }))
      .sort((one, other) => other.failed - one.failed || other.succeeded - one.succeeded)
      .slice(0, shown),
    reasons: [
      ...Map.groupBy(
        rows.filter(({ failed }) => failed > 0),
        ({ host, reason }) => `${host} ${reason}`,
      ).values(),
    ]
      .map((of) => ({ host: of[0]!.host, reason: of[0]!.reason, count: addUp(of).failed }))
      .sort((one, other) => other.count - one.count)
      .slice(0, shown),
  };
}

async function toSignIns(rows: Row[]): Promise<SignInBlock> {
  const byProfile = [...Map.groupBy(rows, ({ credentialId }) => credentialId ?? "")];
  const names = await readNames(byProfile.map(([id]) => id).filter(Boolean));
  const nameOf = (id: string | null) => names.get(id ?? "") ?? "a deleted profile";
  const refused = rows.filter(({ failed }) => failed > 0);
  return {
    profiles: byProfile
      .map(([credentialId, of]) => ({ credentialId, name: nameOf(credentialId), ...addUp(of) }))
      .sort((one, other) => other.succeeded + other.failed - one.succeeded - one.failed)
      .slice(0, shown),
    reasons: [...Map.groupBy(refused, ({ credentialId, reason }) => `${credentialId} ${reason}`).values()]
      .map((of) => ({
        credentialId: of[0]!.credentialId ?? "",
        name: nameOf(of[0]!.credentialId),
        reason: of[0]!.reason,
        count: addUp(of).failed,
      }))
      .sort((one, other) => other.count - one.count)
      .slice(0, shown),
  };
}

async function readNames(ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await getDb()
    .select({ id: credentials.id, name: credentials.name })
    .from(credentials)
    .where(sql`${credentials.id} = any(${sql.param(ids)}::uuid[])`);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

function addUp(rows: RequestTotals[]): RequestTotals {
  const sum = (name: keyof RequestTotals) => rows.reduce((total, row) => total + row[name], 0);
  return { succeeded: sum("succeeded"), failed: sum("failed") };
}
