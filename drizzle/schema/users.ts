import { sql } from "drizzle-orm";
import { boolean, index, jsonb, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { Grant } from "#lib/access/permissions/permissions.ts";
import { createdAt, id, instant, updatedAt, version } from "./columns.ts";

/** People. A local account has a password hash and no issuer; an external identity is issuer + subject, never a name. */
export const users = pgTable(
  "users",
  {
    id: id(),
    username: text("username").notNull(),
    displayName: text("display_name").notNull().default(""),
    /** argon2id in PHC string form; null for external identities. */
    passwordHash: text("password_hash"),
    passwordSetAt: instant("password_set_at"),
    mustChangePassword: boolean("must_change_password").notNull().default(false),
    issuer: text("issuer"),
    subject: text("subject"),
    /** Of an external identity: what the last sign-in was granted. For show; a session goes by its own grants. */
    mappedGrants: jsonb("mapped_grants").$type<Grant[]>(),
    disabled: boolean("disabled").notNull().default(false),
    lastSignInAt: instant("last_sign_in_at"),
    version: version(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueIndex("users_local_username_unique").on(sql`lower(${table.username})`).where(sql`${table.issuer} is null`),
    uniqueIndex("users_identity_unique").on(table.issuer, table.subject),
    index("users_username_index").on(sql`lower(${table.username})`, table.id),
    index("users_last_sign_in_index").on(table.lastSignInAt, table.id),
  ],
);
