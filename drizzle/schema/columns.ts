import { integer, timestamp, uuid } from "drizzle-orm/pg-core";
import { v7 } from "uuid";

/** Primary key: UUIDv7 (RFC 9562 section 5.7), made here so that any Postgres will do; sorts by creation time. */
export const id = () => uuid("id").primaryKey().$defaultFn(v7);

/** A `timestamptz` column, read as Date. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date", precision: 3 });

export const createdAt = () => instant("created_at").notNull().defaultNow();
export const updatedAt = () => instant("updated_at").notNull().defaultNow();

/** Optimistic locking: an edit carries the version that it was made from; each edit adds one. */
export const version = () => integer("version").notNull().default(1);
