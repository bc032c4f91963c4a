import type {
  CatchUp,
  TriggerEvent,
  WebhookAuthentication,
  WebhookRespond,
} from "#lib/delivery/triggers/definition.ts";

/** What the fields of an event hold, those of the other kinds too. */
export type EventValues = {
  kind: TriggerEvent["kind"];
  cron: string;
  /** Empty until somebody chooses a schedule; then the browser's. */
  timezone: string;
  catchUp: CatchUp;
  paused: boolean;
  slug: string;
  authentication: WebhookAuthentication;
  respond: WebhookRespond;
};

export const emptyEvent: EventValues = {
  kind: "on_demand",
  cron: "0 8 * * 1-5",
  timezone: "",
  catchUp: "skip",
  paused: false,
  slug: "",
  authentication: "signature",
  respond: "run",
};

/** The event as the schema takes it. */
export function toEvent(values: EventValues): TriggerEvent {
  const { kind, cron, timezone, catchUp, paused, slug, authentication, respond } = values;
  if (kind === "schedule") return { kind, cron, timezone, catchUp, paused };
  return kind === "webhook" ? { kind, slug, authentication, respond } : { kind };
}
