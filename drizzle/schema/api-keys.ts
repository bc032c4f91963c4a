import { sql } from "drizzle-orm";
import { pgTable, text, unique, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import type { KeyRole } from "#lib/access/permissions/permissions.ts";
import { createdAt, id, instant } from "./columns.ts";
import { nodes } from "./nodes.ts";

/** Keys of programs. The key is shown once; SHA-256 of it is stored (it has 256 bits of its own, no slow hash needed). */
export const apiKeys = pgTable(
  "api_keys",
  {
    id: id(),
    name: text("name").notNull(),
    keyHash: text("key_hash").notNull(),
    /** The first characters, so that people tell keys apart. */
    prefix: text("prefix").notNull(),
    role: text("role").$type<KeyRole>().notNull(),
    nodeId: uuid("node_id").references(() => nodes.id, { onDelete: "restrict" }),
    expiresAt: instant("expires_at"),
    lastUsedAt: instant("last_used_at"),
    revokedAt: instant("revoked_at"),
    createdBy: text("created_by").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    unique("api_keys_hash_unique").on(table.keyHash),
    // A revoked key gives its name free for its successor.
    uniqueIndex("api_keys_name_unique").on(sql`lower(${table.name})`).where(sql`${table.revokedAt} is null`),
  ],
);
