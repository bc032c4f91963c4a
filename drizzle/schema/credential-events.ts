import { sql } from "drizzle-orm";
import { index, integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { id, instant } from "./columns.ts";

/**
 * The event log of a credential: each check, token request and sign-in. Never holds a token or a secret. Partitioned by
 * ranges of ids, see `runs`. No foreign key: it would lock `credentials` whenever a partition is made or dropped; who
 * deletes a credential deletes its events.
 */
export const credentialEvents = pgTable(
  "credential_events",
  {
    id: id(),
    credentialId: uuid("credential_id").notNull(),
    credentialVersion: integer("credential_version").notNull(),
    at: instant("at").notNull().defaultNow(),
    /** What happened: `check` (asked for by a person or a save), `token_request` (a run or a renewal needed one), `sign_in`, `status`, `staged_check` (a secret that is not in force was tried). */
    kind: text("kind").$type<"check" | "token_request" | "sign_in" | "status" | "staged_check">().notNull(),
    /** By what: `Anna`, `API key CI`, `trigger Send order`, `renewal`. */
    cause: text("cause").notNull(),
    outcome: text("outcome").$type<"succeeded" | "failed">().notNull(),
    durationMs: integer("duration_ms").notNull(),
    errorCode: text("error_code"),
    httpStatus: integer("http_status"),
    providerCode: text("provider_code"),
    description: text("description"),
    correlationId: text("correlation_id"),
    /** `none` or the proxy's URL without user and password. */
    proxy: text("proxy").notNull().default("none"),
    runId: uuid("run_id"),
    tokenExpiresAt: instant("token_expires_at"),
    details: jsonb("details").$type<Record<string, unknown>>().notNull().default({}),
  },
  (table) => [
    index("credential_events_order").on(table.credentialId, table.id),
    index("credential_events_failed_index").on(table.id).where(sql`${table.outcome} = 'failed'`),
  ],
);
