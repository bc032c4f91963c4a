import { sql } from "drizzle-orm";
import { boolean, check, pgTable, text } from "drizzle-orm/pg-core";
import type { BindingStage } from "#lib/platform/crypto/binding.ts";
import { instant } from "./columns.ts";

/**
 * How far an upgrade has come from a version that didn't bind envelopes to destinations: one row while it's underway, none
 * before and after (lib/platform/keys/bind-secrets.ts).
 */
export const secretBindings = pgTable(
  "secret_bindings",
  {
    only: boolean("only").primaryKey().default(true),
    stage: text("stage").$type<Exclude<BindingStage, "bound">>().notNull(),
    since: instant("since").notNull(),
  },
  (table) => [check("secret_bindings_one_row", sql`${table.only}`)],
);
