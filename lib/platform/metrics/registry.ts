import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { getPool } from "#lib/platform/db/client.ts";
import { singleton } from "#lib/platform/env/singleton.ts";

const fast = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const slow = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];

/** The metrics of this process. Labels hold no names that people give: their number stays small whatever is stored. */
export const getMetrics = () => singleton("metrics", createMetrics);

function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    build: new Gauge({
      name: "sallyport_build_info",
      help: "1; the version, the version of Node and what this process is are its labels.",
      labelNames: ["version", "node", "process"],
      registers,
    }),
    runs: new Counter({
      name: "sallyport_runs_total",
      help: "Runs that ended in this process, by event, status and error code (empty when succeeded).",
      labelNames: ["event", "status", "code"],
      registers,
    }),
    runDuration: new Histogram({
      name: "sallyport_run_duration_seconds",
      help: "From the start of a run to the end of its last attempt.",
      labelNames: ["event", "status"],
      buckets: fast,
      registers,
    }),
    tokensUsed: new Counter({
      name: "sallyport_run_tokens_total",
      help: "Tokens that runs sent, by where they came from: cache, acquired or refreshed.",
      labelNames: ["source"],
      registers,
    }),
    tokenRequests: new Counter({
      name: "sallyport_token_requests_total",
      help: "Requests to token endpoints by host of the provider, grant and outcome (succeeded or the error code).",
      labelNames: ["host", "grant", "outcome"],
      registers,
    }),
    tokenRequestDuration: new Histogram({
      name: "sallyport_token_request_duration_seconds",
      help: "How long providers took to answer token requests.",
      labelNames: ["host"],
      buckets: fast,
      registers,
    }),
    refreshLateness: new Histogram({
      name: "sallyport_refresh_lateness_seconds",
      help: "From the time that a credential was due to the worker taking it up.",
      buckets: slow,
      registers,
    }),
    scheduleLateness: new Histogram({
      name: "sallyport_schedule_lateness_seconds",
      help: "From the time that a schedule was due to the beginning of its run.",
      buckets: slow,
      registers,
    }),
    apiRequests: new Counter({
      name: "sallyport_api_requests_total",
      help: "Requests of programs and calls of webhooks by operation and HTTP status.",
      labelNames: ["operation", "status"],
      registers,
    }),
    apiDuration: new Histogram({
      name: "sallyport_api_request_duration_seconds",
      help: "How long requests of programs and calls of webhooks took, by operation.",
      labelNames: ["operation"],
      buckets: fast,
      registers,
    }),
    connections: new Gauge({
      name: "sallyport_database_connections",
      help: "Connections of this process to the database: used, idle, and requests waiting for one.",
      labelNames: ["state"],
      registers,
      collect() {
        const { totalCount, idleCount, waitingCount } = getPool();
        this.set({ state: "used" }, totalCount - idleCount);
        this.set({ state: "idle" }, idleCount);
        this.set({ state: "waiting" }, waitingCount);
      },
    }),
    databaseUp: new Gauge({
      name: "sallyport_database_up",
      help: "Whether the figures of the database could be read; without it they are left out.",
      registers,
    }),
    credentials: new Gauge({
      name: "sallyport_credentials",
      help: "Credentials by status. Every process tells the same: take the max, not the sum.",
      labelNames: ["status"],
      registers,
    }),
    secretsEnding: new Gauge({
      name: "sallyport_credential_secrets_ending",
      help: "Enabled credentials whose secret or certificate has ended (within=0d) or will within so many days. Take the max.",
      labelNames: ["within"],
      registers,
    }),
    queued: new Gauge({
      name: "sallyport_queued_runs",
      help: "Runs in the queue: waiting for a place of their trigger, ready for a worker, running, held. Take the max.",
      labelNames: ["state"],
      registers,
    }),
    queueAge: new Gauge({
      name: "sallyport_queue_oldest_seconds",
      help: "How long the oldest run that no worker has begun is in the queue. Take the max.",
      registers,
    }),
    refreshOverdue: new Gauge({
      name: "sallyport_refresh_overdue",
      help: "Credentials whose renewal is due and was not taken up yet, at most 10000. Take the max.",
      registers,
    }),
    refreshOverdueSeconds: new Gauge({
      name: "sallyport_refresh_overdue_seconds",
      help: "How long the oldest of them has been due. Take the max.",
      registers,
    }),
  };
}

/**
 * A gauge of a part of the portal that this folder does not know: `read` is asked at each scrape and must be quick. A name
 * that is there already is left as it is.
 */
export function watchGauge(name: string, help: string, read: () => number): void {
  const { registry } = getMetrics();
  if (registry.getSingleMetric(name)) return;
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
