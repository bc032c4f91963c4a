import { index, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import type { Role } from "#lib/access/permissions/permissions.ts";
import { id } from "./columns.ts";
import { nodes } from "./nodes.ts";
import { users } from "./users.ts";

/** A portal role of a user, for all nodes (`node_id` null) or for a node and what is under it. */
export const userRoles = pgTable(
  "user_roles",
  {
    id: id(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    role: text("role").$type<Role>().notNull(),
    nodeId: uuid("node_id").references(() => nodes.id, { onDelete: "restrict" }),
  },
  (table) => [
    unique("user_roles_unique").on(table.userId, table.role, table.nodeId).nullsNotDistinct(),
    index("user_roles_node_index").on(table.nodeId),
  ],
);
