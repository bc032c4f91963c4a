import type { TriggerEvent } from "#lib/triggers/model.ts";

/** Labels of the fields, by their names in form and API. */
export const labels = {
  name: "Trigger Name",
  nodeId: "Node",
  transportId: "Transport",
  enabled: "Enabled",
  event: "Event",
  request: "Request",
  "request.path": "Path",
  "request.query": "Query parameters",
  "request.headers": "Headers",
  "request.body": "Body",
  "request.operation": "Operation",
  "request.arguments": "Arguments",
  "request.soapHeaders": "SOAP header blocks",
  "request.safeToRepeat": "Safe to repeat",
  "request.envelope": "Envelope",
  "request.action": "Action",
  maxInProgress: "Max in progress",
  queueSize: "Queue size",
  maxExecutionMs: "Max execution time",
  repeatInterrupted: "Repeat after an interruption",
  notes: "Notes",
} as const;

export const eventWords: Record<TriggerEvent["kind"], string> = {
  on_demand: "On demand",
  schedule: "Schedule",
  webhook: "Webhook",
};
