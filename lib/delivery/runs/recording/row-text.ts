import type { RunRow } from "../model.ts";

/** The columns of `runs`, as a statement names them. */
export const runColumns =
  "id, trigger_id, trigger_name, transport_id, transport_name, node_id, node_path, credential_id, credential_name, event, actor, status, queued_at, due_at, held_until, started_at, duration_ms, attempts, response_status, error_code, proxy, token, request, response, error, soap, timing, attempt_log, variables, correlation_id";

/** A run as JSON by the names of the columns, which `json_populate_record` reads. */
export function toRowText({ run, nodePath }: RunRow): string {
  return JSON.stringify({
    id: run.id,
    trigger_id: run.triggerId,
    trigger_name: run.triggerName,
    transport_id: run.transportId,
    transport_name: run.transportName,
    node_id: run.nodeId,
    node_path: nodePath,
    credential_id: run.credentialId,
    credential_name: run.credentialName,
    event: run.event,
    actor: run.actor,
    status: run.status,
    queued_at: run.queuedAt,
    due_at: run.dueAt,
    held_until: run.heldUntil,
    started_at: run.startedAt,
    duration_ms: run.durationMs,
    attempts: run.attempts,
    response_status: run.response?.status ?? null,
    error_code: run.error?.code ?? null,
    proxy: run.proxy,
    token: run.token,
    request: run.request,
    response: run.response,
    error: run.error,
    soap: run.soap,
    timing: run.timing,
    attempt_log: run.attemptLog,
    variables: run.variables,
    correlation_id: run.correlationId,
  });
}
