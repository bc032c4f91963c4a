import { integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type { CheckStep } from "#lib/oauth/explanations/check-steps.ts";
import { instant } from "./columns.ts";
import { credentials } from "./credentials.ts";

/** The last check of each credential, step by step; what happened before stands in its event log. Never holds a token or a secret. */
export const credentialChecks = pgTable("credential_checks", {
  credentialId: uuid("credential_id")
    .primaryKey()
    .references(() => credentials.id, { onDelete: "cascade" }),
  credentialVersion: integer("credential_version").notNull(),
  at: instant("at").notNull(),
  /** By whom: `Anna`, `API key CI`. */
  cause: text("cause").notNull(),
  steps: jsonb("steps").$type<CheckStep[]>().notNull(),
  /** The text for the IT team. */
  report: text("report").notNull(),
});
