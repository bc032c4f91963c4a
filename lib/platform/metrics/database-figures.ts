import { createSingleFlight } from "#lib/platform/background/single-flight.ts";
import { getPool } from "#lib/platform/db/client.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { getMetrics } from "./registry.ts";

/** Scrapes that come sooner share one answer of the database. */
const keepMs = 10_000;
/** A scrape does not wait longer for the database: Prometheus gives up after 10 s. */
const waitMs = 2000;

type Figures = {
  credentials: Record<string, number>;
  ended: number;
  in7: number;
  in30: number;
  queued: Record<string, number>;
  queue_age: number;
  overdue: number;
  overdue_seconds: number;
};

/** One statement over indexes; the only scan is of the narrow index of statuses. */
const query = `select
  (select coalesce(json_object_agg(status, number), '{}') from
    (select status, count(*) as number from credentials group by status) as counted) as credentials,
  (select count(*)::int from credentials where enabled and secret_ends_at <= now()) as ended,
  (select count(*)::int from credentials where enabled and secret_ends_at <= now() + interval '7 days') as in7,
  (select count(*)::int from credentials where enabled and secret_ends_at <= now() + interval '30 days') as in30,
  (select coalesce(json_object_agg(state, number), '{}') from
    (select state, count(*) as number from queued_runs group by state) as counted) as queued,
  coalesce((select extract(epoch from now() - min(queued_at))::float8 from queued_runs
    where state in ('waiting', 'ready')), 0) as queue_age,
  (select count(*)::int from (select from credentials
    where enabled and type = 'application' and next_check_at <= now() limit 10000) as due) as overdue,
  coalesce((select extract(epoch from now() - min(next_check_at))::float8 from credentials
    where enabled and type = 'application' and next_check_at <= now()), 0) as overdue_seconds`;

const getState = () =>
  singleton("metrics.figures", () => ({ readAt: Number.NEGATIVE_INFINITY, flight: createSingleFlight<void>() }));

/** Forgets what was read, for tests. */
export function forgetDatabaseFigures(): void {
  getState().readAt = Number.NEGATIVE_INFINITY;
}

/**
 * Brings the figures that the database knows up to date, at most 10 s old. Never throws and waits 2 s at most: without the
 * database they are left out, and `sallyport_database_up` is 0.
 */
export async function updateDatabaseFigures(now = Date.now()): Promise<void> {
  const state = getState();
  if (now - state.readAt < keepMs) return;
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${waitMs} ms`)), waitMs);
  });
  try {
    await Promise.race([state.flight("figures", readFigures), tooLong]);
    state.readAt = now;
  } catch (err) {
    getLog().warn({ err }, "the figures of the database could not be read for metrics");
    leaveOut();
  } finally {
    clearTimeout(timer);
  }
}

async function readFigures(): Promise<void> {
  const { rows } = await getPool().query<Figures>(query);
  const figures = rows[0]!;
  const metrics = getMetrics();
  metrics.credentials.reset();
  for (const [status, count] of Object.entries(figures.credentials)) metrics.credentials.set({ status }, count);
  metrics.secretsEnding.set({ within: "0d" }, figures.ended);
  metrics.secretsEnding.set({ within: "7d" }, figures.in7);
  metrics.secretsEnding.set({ within: "30d" }, figures.in30);
  for (const state of ["waiting", "ready", "running", "held"])
    metrics.queued.set({ state }, figures.queued[state] ?? 0);
  metrics.queueAge.set(Math.max(0, figures.queue_age));
  metrics.refreshOverdue.set(figures.overdue);
  metrics.refreshOverdueSeconds.set(figures.overdue_seconds);
  metrics.databaseUp.set(1);
}

/** A figure of before would look like one of now. */
function leaveOut(): void {
  const { credentials, secretsEnding, queued, queueAge, refreshOverdue, refreshOverdueSeconds, databaseUp } =
    getMetrics();
  for (const gauge of [credentials, secretsEnding, queued]) gauge.reset();
  for (const gauge of [queueAge, refreshOverdue, refreshOverdueSeconds]) gauge.set(Number.NaN);
  databaseUp.set(0);
}
