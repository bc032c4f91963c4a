import { sql } from "drizzle-orm";
import { pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { createdAt, id, instant, updatedAt, version } from "./columns.ts";

/** Named proxies, which admins manage. Every row has an envelope, also without a password: it's bound to the other columns. */
export const proxies = pgTable(
  "proxies",
  {
    id: id(),
    name: text("name").notNull(),
    url: text("url").notNull(),
    username: text("username").notNull().default(""),
    bypass: text("bypass").array().notNull().default([]),
    passwordEnvelope: text("password_envelope").notNull(),
    passwordSetAt: instant("password_set_at"),
    version: version(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [uniqueIndex("proxies_name_unique").on(sql`lower(${table.name})`)],
);

/** The named proxy of a column `proxy`, so that it isn't deleted while it's in use. */
export const proxyId = () =>
  uuid("proxy_id")
    .generatedAlwaysAs(sql`((proxy ->> 'proxyId')::uuid)`)
    .references(() => proxies.id, { onDelete: "restrict" });
