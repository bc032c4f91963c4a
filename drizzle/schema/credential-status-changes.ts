import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type { CredentialStatus } from "#lib/oauth/credentials/kinds.ts";
import { instant } from "./columns.ts";
import { credentials } from "./credentials.ts";

/**
 * Each change of a credential's status. Written by a trigger of the database (migration alerts), so that no writer can
 * forget it and it commits with the change; read by lib/oversight/alerts, which tells people.
 */
export const credentialStatusChanges = pgTable(
  "credential_status_changes",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    credentialId: uuid("credential_id")
      .notNull()
      .references(() => credentials.id, { onDelete: "cascade" }),
    credentialVersion: integer("credential_version").notNull(),
    at: instant("at").notNull().default(sql`clock_timestamp()`),
    fromStatus: text("from_status").$type<CredentialStatus>().notNull(),
    toStatus: text("to_status").$type<CredentialStatus>().notNull(),
    reason: text("reason").notNull(),
    errorCode: text("error_code"),
    /** Whether the credential ever got a token: a new one that does not work yet is no news to its owner. */
    hasWorked: boolean("has_worked").notNull(),
    /** When the alerts that it calls for were noted; null = not yet. */
    handledAt: instant("handled_at"),
  },
  (table) => [
    index("credential_status_changes_open_index").on(table.id).where(sql`${table.handledAt} is null`),
    index("credential_status_changes_credential_index").on(table.credentialId, table.id),
    index("credential_status_changes_at_index").on(table.at),
  ],
);
