import { sql } from "drizzle-orm";
import { type AnyPgColumn, boolean, index, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import { createdAt, id, updatedAt, version } from "./columns.ts";

/** Places of the tree panel. `path` holds the ids from the root down to the node itself. */
export const nodes = pgTable(
  "nodes",
  {
    id: id(),
    parentId: uuid("parent_id").references((): AnyPgColumn => nodes.id, { onDelete: "restrict" }),
    name: text("name").notNull(),
    path: uuid("path").array().notNull(),
    /** Shown in the tree panel before anyone has signed in. */
    listed: boolean("listed").notNull().default(false),
    version: version(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    unique("nodes_parent_name_unique").on(table.parentId, table.name).nullsNotDistinct(),
    index("nodes_path_index").using("gin", table.path),
    index("nodes_name_index").on(sql`lower(${table.name})`),
  ],
);
