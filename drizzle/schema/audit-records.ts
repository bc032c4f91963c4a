import { sql } from "drizzle-orm";
import { bigserial, index, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

/**
 * Who changed or used what. Append-only; written in the transaction of the change itself; holds no secrets. Each record
 * holds the hash of the one before (lib/platform/audit/chain.ts).
 */
export const auditRecords = pgTable(
  "audit_records",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    at: instant("at").notNull().defaultNow(),
    actorKind: text("actor_kind").$type<"user" | "api_key" | "system">().notNull(),
    actorId: uuid("actor_id"),
    actorName: text("actor_name").notNull(),
    /** Where from: the client's address, null for the system itself. */
    address: text("address"),
    /** `credential.update`, `session.revoke` … */
    action: text("action").notNull(),
    targetKind: text("target_kind").notNull(),
    targetId: text("target_id"),
    targetName: text("target_name"),
    before: jsonb("before").$type<Record<string, unknown>>(),
    after: jsonb("after").$type<Record<string, unknown>>(),
    /** `hash` of the record before; null only where the record was written past the portal. */
    previousHash: text("previous_hash"),
    /** SHA-256 of all other columns, in hexadecimal. */
    hash: text("hash"),
  },
  (table) => [
    index("audit_target_index").on(table.targetKind, table.targetId, table.id),
    index("audit_actor_index").on(sql`lower(${table.actorName})`, table.id),
    index("audit_action_index").on(table.action, table.id),
    index("audit_time_index").on(table.at),
  ],
);
