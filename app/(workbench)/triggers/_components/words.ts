import type { CatchUp, TriggerEvent, WebhookAuthentication, WebhookRespond } from "#lib/delivery/triggers/model.ts";

/** Labels of the fields, by their names in form and API. */
export const labels = {
  name: "Trigger Name",
  nodeId: "Node",
  transportId: "Transport",
  enabled: "Enabled",
  event: "Event",
  "event.cron": "Cron expression",
  "event.timezone": "Time zone",
  "event.catchUp": "Missed times",
  "event.paused": "Paused",
  "event.slug": "Webhook name",
  "event.authentication": "Authentication",
  "event.respond": "Answer",
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
  holdHours: "Hold when authentication fails",
  notes: "Notes",
} as const;

export const eventWords: Record<TriggerEvent["kind"], string> = {
  on_demand: "On demand",
  schedule: "Schedule",
  webhook: "Webhook",
};

export const catchUpWords: Record<CatchUp, string> = {
  skip: "Skip them",
  once: "Run once for the latest",
};

export const authenticationWords: Record<WebhookAuthentication, string> = {
  signature: "Signature (Standard Webhooks)",
  api_key: "API key only",
};

export const respondWords: Record<WebhookRespond, string> = {
  run: "The finished run",
  accepted: "Accepted at once (202), a worker makes the run",
};
