import { index, integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type {
  RunAttempt,
  RunError,
  RunRequestReceipt,
  RunResponseReceipt,
  RunSoap,
  RunStatus,
  RunTiming,
  RunToken,
} from "#lib/delivery/runs/model.ts";
import { id, instant } from "./columns.ts";

/**
 * One row per execution, written once when it is finished (lib/delivery/runs/store.ts); what waits in a queue is written when it is
 * accepted and again when it begins and ends (lib/delivery/queue/queue.ts). Names are kept: what a run used may be deleted.
 * In the database it is partitioned by ranges of ids: they begin with the time (UUIDv7), so the key stays `id`, one run is
 * found in one partition, and lists by id read the newest partitions only. lib/platform/retention makes and drops partitions.
 */
export const runs = pgTable(
  "runs",
  {
    id: id(),
    triggerId: uuid("trigger_id"),
    triggerName: text("trigger_name").notNull(),
    transportId: uuid("transport_id").notNull(),
    transportName: text("transport_name").notNull(),
    nodeId: uuid("node_id").notNull(),
    /** The node's path at the time, for permission checks. */
    nodePath: uuid("node_path").array().notNull(),
    credentialId: uuid("credential_id"),
    credentialName: text("credential_name"),
    /** `on_demand`, `schedule`, `webhook` or `test`. */
    event: text("event").notNull(),
    /** Who or what fired it: `Anna`, `API key CI`. */
    actor: text("actor").notNull(),
    status: text("status").$type<RunStatus>().notNull(),
    /** When it waited in a queue before it was made: since when. `started_at` says the same until it is made. */
    queuedAt: instant("queued_at"),
    /** Of a schedule: the time that it was due at. */
    dueAt: instant("due_at"),
    /** When it failed on authentication and was held: until when at most. */
    heldUntil: instant("held_until"),
    startedAt: instant("started_at").notNull(),
    durationMs: integer("duration_ms").notNull(),
    attempts: integer("attempts").notNull(),
    responseStatus: integer("response_status"),
    errorCode: text("error_code"),
    /** Of the last attempt: `none` or the proxy's URL without user and password. */
    proxy: text("proxy").notNull().default("none"),
    token: jsonb("token").$type<RunToken>(),
    request: jsonb("request").$type<RunRequestReceipt>(),
    response: jsonb("response").$type<RunResponseReceipt>(),
    error: jsonb("error").$type<RunError>(),
    /** What was understood of a SOAP answer; null for HTTP. */
    soap: jsonb("soap").$type<RunSoap>(),
    /** Phases of the last request; null when nothing was measured. */
    timing: jsonb("timing").$type<RunTiming>(),
    /** Every request that was sent, the last one is `request`/`response`; empty when there was one or none. */
    attemptLog: jsonb("attempt_log").$type<RunAttempt[]>().notNull().default([]),
    /** Values of variables that the request shows, to run the trigger again. */
    variables: jsonb("variables").$type<Record<string, unknown>>(),
    /** What log lines and traces of the run have in common (lib/platform/log/correlation.ts); null for runs of before. */
    correlationId: text("correlation_id"),
  },
  (table) => [
    index("runs_trigger_index").on(table.triggerId, table.id),
    index("runs_status_index").on(table.status, table.id),
    index("runs_transport_index").on(table.transportId, table.id),
    index("runs_credential_index").on(table.credentialId, table.id),
  ],
);
