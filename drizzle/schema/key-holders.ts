import { boolean, integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

/**
 * Running processes and the encryption keys that each knows, so that nothing is sealed with a key that another process
 * can't open yet. Holds fingerprints, no keys.
 */
export const keyHolders = pgTable("key_holders", {
  id: uuid("id").primaryKey(),
  /** `web` or `worker`. */
  role: text("role").notNull(),
  host: text("host").notNull(),
  pid: integer("pid").notNull(),
  /** In their order: the first one seals. */
  keys: jsonb("keys").$type<{ kid: string; fingerprint: string }[]>().notNull(),
  /** Whether it opens envelopes that are bound to destinations; processes of earlier versions don't say so. */
  opensBound: boolean("opens_bound").notNull().default(false),
  /** Whether it can send secret headers that are sealed; versions before those don't say so. */
  opensHeaders: boolean("opens_headers").notNull().default(false),
  seenAt: instant("seen_at").notNull(),
});
