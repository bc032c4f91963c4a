import { bigint, customType, index, integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type { QueuedInput, QueuedState } from "#lib/delivery/queue/model.ts";
import type { HoldReason } from "#lib/delivery/runs/model.ts";
import type { Actor } from "#lib/platform/audit/actor.ts";
import { findRounded, parseExactJson } from "#lib/platform/edges/exact-json.ts";
import { instant } from "./columns.ts";
import { triggers } from "./triggers.ts";

/** The driver reads jsonb with doubles, so an input with a number that a double would round is kept as text in it. */
const queuedInput = customType<{ data: QueuedInput; driverData: unknown }>({
  dataType: () => "jsonb",
  toDriver: (input) => {
    const text = JSON.stringify(input);
    return findRounded(text) === null ? text : JSON.stringify({ json: text });
  },
  fromDriver: (stored) => {
    const { json } = stored as { json?: string };
    return (json === undefined ? stored : parseExactJson(json)) as QueuedInput;
  },
});

/**
 * Accepted runs that are not finished: `waiting` for a place of the trigger, `ready` (a job of pg-boss), `running`, or `held` until the
 * credential works that it failed for. The row goes with
 * the commit that records how the run ended; until then the table `runs` shows it as queued or running.
 */
export const queuedRuns = pgTable(
  "queued_runs",
  {
    runId: uuid("run_id").primaryKey(),
    triggerId: uuid("trigger_id")
      .notNull()
      .references(() => triggers.id, { onDelete: "cascade" }),
    /** The order in which runs were accepted. */
    position: bigint("position", { mode: "number" }).generatedAlwaysAsIdentity(),
    state: text("state").$type<QueuedState>().notNull().default("waiting"),
    event: text("event").notNull(),
    actor: jsonb("actor").$type<Actor>().notNull(),
    /** What the request's templates may name. */
    input: queuedInput("input").notNull(),
    /** How often it was begun. */
    begun: integer("begun").notNull().default(0),
    queuedAt: instant("queued_at").notNull().defaultNow(),
    /** Of one that is held: since when, until when, on what it failed, and the configuration that it failed with. */
    heldAt: instant("held_at"),
    heldUntil: instant("held_until"),
    heldFor: text("held_for").$type<HoldReason>(),
    heldCredentialId: uuid("held_credential_id"),
    heldCredentialVersion: integer("held_credential_version"),
    heldTransportVersion: integer("held_transport_version"),
  },
  (table) => [
    index("queued_runs_trigger_index").on(table.triggerId, table.position),
    index("queued_runs_state_index").on(table.state, table.position),
  ],
);
