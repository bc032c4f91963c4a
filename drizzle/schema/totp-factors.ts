import { bigint, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createdAt, instant } from "./columns.ts";
import { users } from "./users.ts";

/** Authenticator apps of local accounts (RFC 6238), at most one each. */
export const totpFactors = pgTable("totp_factors", {
  userId: uuid("user_id")
    .primaryKey()
    .references(() => users.id, { onDelete: "cascade" }),
  /** The shared secret, sealed for `totp_factors/<user id>.secret`. */
  secretEnvelope: text("secret_envelope").notNull(),
  createdAt: createdAt(),
  /** When the first code from the app fitted; null while it is being set up. */
  confirmedAt: instant("confirmed_at"),
  /** The time step of the last code that was taken: that one and earlier ones are refused (RFC 6238 section 5.2). */
  lastUsedStep: bigint("last_used_step", { mode: "number" }).notNull().default(0),
});
