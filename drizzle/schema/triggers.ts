import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import type { StoredRequest } from "#lib/delivery/requests/model.ts";
import type { TriggerEvent } from "#lib/delivery/triggers/definition.ts";
import { createdAt, id, updatedAt, version } from "./columns.ts";
import { nodes } from "./nodes.ts";
import { transports } from "./transports.ts";

/** Event + transport + the request to send. */
export const triggers = pgTable(
  "triggers",
  {
    id: id(),
    name: text("name").notNull(),
    nodeId: uuid("node_id")
      .notNull()
      .references(() => nodes.id, { onDelete: "restrict" }),
    transportId: uuid("transport_id")
      .notNull()
      .references(() => transports.id, { onDelete: "restrict" }),
    enabled: boolean("enabled").notNull().default(true),
    event: jsonb("event").$type<TriggerEvent>().notNull(),
    request: jsonb("request").$type<StoredRequest>().notNull(),
    /** Values of the secret headers in `request`, bound to `triggers/<id>.headers`. */
    headersEnvelope: text("headers_envelope"),
    /** 0 = no limit; holds over all processes. */
    maxInProgress: integer("max_in_progress").notNull().default(0),
    queueSize: integer("queue_size").notNull().default(0),
    maxExecutionMs: integer("max_execution_ms").notNull().default(60000),
    /** Whether a queued run is made again when the worker that made it ended in the middle. */
    repeatInterrupted: boolean("repeat_interrupted").notNull().default(false),
    /** For how many hours a run that failed on authentication is held, to be made again when its credential works; 0 = not at all. */
    holdHours: integer("hold_hours").notNull().default(0),
    notes: text("notes").notNull().default(""),
    version: version(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueIndex("triggers_node_name_unique").on(table.nodeId, sql`lower(${table.name})`),
    index("triggers_name_index").on(sql`lower(${table.name})`, table.id),
    index("triggers_transport_index").on(table.transportId),
  ],
);
