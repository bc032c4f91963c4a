import { bigint, index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type { RunStatus } from "#lib/delivery/runs/model.ts";
import { durationColumns } from "#lib/oversight/rollups/durations.ts";
import { instant } from "./columns.ts";

const counted = () => ({
  triggerId: uuid("trigger_id"),
  triggerName: text("trigger_name").notNull(),
  nodeId: uuid("node_id").notNull(),
  nodePath: uuid("node_path").array().notNull(),
  status: text("status").$type<RunStatus>().notNull(),
  errorCode: text("error_code").notNull(),
  runs: integer("runs").notNull(),
  /** How many runs, finished ones only, lasted how long (lib/oversight/rollups/durations.ts). */
  ...Object.fromEntries(durationColumns.map((name) => [name, integer(name).notNull()])),
});

/** Runs counted by the hour of their ids, trigger, place, status and error; made from `runs` by lib/oversight/rollups, and made anew at will. */
export const runHours = pgTable("run_hours", { at: instant("at").notNull(), ...counted() }, (table) => [
  index("run_hours_index").on(table.at),
]);

/** The same by day (UTC), for long spans of time. */
export const runDays = pgTable("run_days", { at: instant("at").notNull(), ...counted() }, (table) => [
  index("run_days_index").on(table.at),
]);

const countedByNode = () => ({
  at: instant("at").notNull(),
  nodeId: uuid("node_id").notNull(),
  nodePath: uuid("node_path").array().notNull(),
  succeeded: integer("succeeded").notNull(),
  failed: integer("failed").notNull(),
  other: integer("other").notNull(),
});

/**
 * Runs by the hour and place alone: many fewer and narrower rows, for the chart of runs over time. A trigger on `run_hours` keeps
 * it equal to that, in the transaction of the change.
 */
export const nodeHours = pgTable("node_hours", countedByNode(), (table) => [index("node_hours_index").on(table.at)]);

/** The same of `run_days`. */
export const nodeDays = pgTable("node_days", countedByNode(), (table) => [index("node_days_index").on(table.at)]);

/** Token requests and sign-ins counted by the hour, the provider's host, and of sign-ins the credential. */
export const requestHours = pgTable(
  "request_hours",
  {
    at: instant("at").notNull(),
    kind: text("kind").notNull(),
    host: text("host").notNull(),
    /** Of sign-ins; null for others, of which there may be very many. */
    credentialId: uuid("credential_id"),
    outcome: text("outcome").$type<"succeeded" | "failed">().notNull(),
    /** The provider's code or else the portal's; blank for what succeeded. */
    reason: text("reason").notNull(),
    requests: integer("requests").notNull(),
  },
  (table) => [index("request_hours_index").on(table.at)],
);

/** How far a log is counted. One row per log. */
export const rollupStates = pgTable("rollup_states", {
  log: text("log").primaryKey(),
  /** Every hour before it is counted. */
  until: instant("until").notNull(),
  /** Every day before it is counted. */
  daysUntil: instant("days_until").notNull(),
  /** Hours before this may be counted once every transaction before `fence` has ended; null = none is waited for. */
  fencedUntil: instant("fenced_until"),
  fence: bigint("fence", { mode: "number" }),
});

/** Hours in which something was added late or changed, to be counted again; written by triggers of the database. */
export const rollupMarks = pgTable(
  "rollup_marks",
  { log: text("log").notNull(), at: instant("at").notNull() },
  (table) => [index("rollup_marks_index").on(table.log, table.at)],
);
