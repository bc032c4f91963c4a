import { index, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type { ReviewSnapshot } from "#lib/oversight/reviews/model.ts";
import { id, instant } from "./columns.ts";

/** A dashboard that somebody signed off, with what it said. Never changed or deleted; names are kept. */
export const reviews = pgTable(
  "reviews",
  {
    id: id(),
    signedAt: instant("signed_at").notNull(),
    /** Null when it was not a person. */
    userId: uuid("user_id"),
    signedBy: text("signed_by").notNull(),
    /** Null = all nodes. */
    nodeId: uuid("node_id"),
    nodeName: text("node_name").notNull(),
    nodePath: uuid("node_path").array().notNull(),
    /** The span of time that was shown. */
    since: instant("since").notNull(),
    until: instant("until").notNull(),
    note: text("note").notNull(),
    snapshot: jsonb("snapshot").$type<ReviewSnapshot>().notNull(),
  },
  (table) => [index("reviews_node_index").on(table.nodeId, table.id)],
);
