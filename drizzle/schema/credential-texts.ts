import { index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { credentials } from "./credentials.ts";

/**
 * What lists look for in each credential, in narrow rows: a look through all of `credentials` would read its certificates and
 * envelopes too, and an index over texts there would be written with each renewal. Triggers on `credentials` keep it, in the
 * transaction of the change; a renewal changes none of it.
 */
export const credentialTexts = pgTable(
  "credential_texts",
  {
    credentialId: uuid("credential_id")
      .primaryKey()
      .references(() => credentials.id, { onDelete: "cascade" }),
    /** Name, client ID, endpoint URL and owner in lower case, with U+001F between them. */
    text: text("text").notNull(),
    /** The token endpoint's host, with its port if it has one. */
    host: text("host").notNull(),
  },
  (table) => [index("credential_texts_host_index").on(table.host)],
);
