import { sql } from "drizzle-orm";
import { pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import { createdAt, id, instant, updatedAt, version } from "./columns.ts";

/** Named certificate authorities, which admins manage. */
export const certificateAuthorities = pgTable(
  "certificate_authorities",
  {
    id: id(),
    name: text("name").notNull(),
    /** PEM, one or more certificates. */
    certificates: text("certificates").notNull(),
    /** Holds nothing: it's bound to the certificates, so that a row that was changed outside Sallyport isn't trusted. */
    sealEnvelope: text("seal_envelope").notNull(),
    /** When the last of the certificates expires. Follows from them. */
    expiresAt: instant("expires_at").notNull(),
    version: version(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [uniqueIndex("certificate_authorities_name_unique").on(sql`lower(${table.name})`)],
);
