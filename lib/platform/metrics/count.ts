import { singleton } from "#lib/platform/env/singleton.ts";
import { createBoundedLabel } from "./bounded.ts";
import { getMetrics } from "./registry.ts";

/** How many hosts of providers are told apart. */
const maxHosts = 50;

type CountedRun = {
  event: string;
  status: string;
  durationMs: number;
  error: { code: string } | null;
  token: { source: string } | null;
};

/** Counts a run that ended in this process. */
export function countRun({ event, status, durationMs, error, token }: CountedRun): void {
  const { runs, runDuration, tokensUsed } = getMetrics();
  runs.inc({ event, status, code: error?.code ?? "" });
  runDuration.observe({ event, status }, durationMs / 1000);
  if (token) tokensUsed.inc({ source: token.source });
}

/** Counts a run of the queue that ended without being made. */
export function countUnmadeRun(event: string, code: string): void {
  getMetrics().runs.inc({ event, status: "failed", code });
}

/** Counts a run of a schedule that begins. @param lateMs since the time that it was due at. */
export function countSchedule(lateMs: number): void {
  getMetrics().scheduleLateness.observe(Math.max(0, lateMs) / 1000);
}

/**
 * Counts a request to a token endpoint.
 * @param outcome `succeeded`, or the code of the error.
 */
export function countTokenRequest(request: { host: string; grant: string; outcome: string; seconds: number }): void {
  const host = singleton("metrics.hosts", () => createBoundedLabel(maxHosts))(request.host);
  const { tokenRequests, tokenRequestDuration } = getMetrics();
  tokenRequests.inc({ host, grant: request.grant, outcome: request.outcome });
  tokenRequestDuration.observe({ host }, request.seconds);
}

/** Counts a credential that the worker took up. @param lateMs since it was due. */
export function countRefresh(lateMs: number): void {
  getMetrics().refreshLateness.observe(Math.max(0, lateMs) / 1000);
}

/** Counts a request of a program. @param operation as `POST /triggers/{id}/run`, never the path itself. */
export function countApiRequest(operation: string, status: number, seconds: number): void {
  const { apiRequests, apiDuration } = getMetrics();
  apiRequests.inc({ operation, status: String(status) });
  apiDuration.observe({ operation }, seconds);
}
