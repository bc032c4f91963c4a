import type { WebhookScope } from "#lib/delivery/requests/template.ts";

/** Where a queued run is: it waits for a place of its trigger, for a worker, a worker makes it, or it is held. */
export const queuedStates = ["waiting", "ready", "running", "held"] as const;
export type QueuedState = (typeof queuedStates)[number];

/** What a queued run is made from, beside its trigger. */
export type QueuedInput = {
  variables: Record<string, unknown>;
  webhook: WebhookScope | null;
  /** Of a schedule, ISO 8601. */
  dueAt: string | null;
  /** Of what it was accepted in; set by the queue. */
  correlationId?: string;
  /** `traceparent` of who asked for it, likewise. */
  traceparent?: string;
};
