import type {
  CatchUp,
  TriggerEvent,
  WebhookAuthentication,
  WebhookRespond,
} from "#lib/delivery/triggers/definition.ts";

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
