import { index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

/** Token requests under way, over all processes: so many at once per provider host. A place whose process died ends by itself. */
export const providerPlaces = pgTable(
  "provider_places",
  {
    holder: uuid("holder").primaryKey(),
    /** Host and port of the token endpoint. */
    host: text("host").notNull(),
    until: instant("until").notNull(),
  },
  (table) => [index("provider_places_host_index").on(table.host, table.until)],
);
