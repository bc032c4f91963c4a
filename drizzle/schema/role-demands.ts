import { pgTable, text } from "drizzle-orm/pg-core";
import type { Role } from "#lib/access/permissions/permissions.ts";
import { createdAt } from "./columns.ts";

/** Roles that only count in a session in which a second factor was verified. */
export const roleDemands = pgTable("role_demands", {
  role: text("role").$type<Role>().primaryKey(),
  createdAt: createdAt(),
});
