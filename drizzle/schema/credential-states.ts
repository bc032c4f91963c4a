import { sql } from "drizzle-orm";
import { boolean, index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type { CredentialStatus } from "#lib/oauth/credentials/kinds.ts";
import { instant } from "./columns.ts";
import { credentials } from "./credentials.ts";

/**
 * What the dashboard counts of each credential, apart from what each renewal writes: where rows were written lately, an index alone
 * can't tell which of them count, and a count of all would read every credential. Triggers on `credentials` keep it, in the
 * transaction of the change; a renewal that changes nothing but times leaves it alone.
 */
export const credentialStates = pgTable(
  "credential_states",
  {
    credentialId: uuid("credential_id")
      .primaryKey()
      .references(() => credentials.id, { onDelete: "cascade" }),
    secretEndsAt: instant("secret_ends_at"),
    hasOwner: boolean("has_owner").notNull(),
    status: text("status").$type<CredentialStatus>().notNull(),
    /** The provider's code behind the status, or else the portal's; blank when nothing is wrong. */
    reason: text("reason").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    index("credential_states_status_index").on(table.status, table.reason),
    index("credential_states_ownerless_index").on(table.credentialId).where(sql`not ${table.hasOwner}`),
    index("credential_states_created_index").on(table.createdAt),
    index("credential_states_ends_index").on(table.secretEndsAt),
  ],
);
