import { boolean, index, integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type { Grant } from "#lib/access/permissions/permissions.ts";
import { createdAt, id, instant } from "./columns.ts";
import { credentials } from "./credentials.ts";
import { nodes } from "./nodes.ts";
import { users } from "./users.ts";

/** Sessions of people. The cookie's JWT carries the ID and a secret (`sid`); every check looks the row up. */
export const sessions = pgTable(
  "sessions",
  {
    id: id(),
    /** SHA-256 of the secret; null for a session that a version without secrets made, whose cookie has the ID alone. */
    secretHash: text("secret_hash"),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** `local` or the credential profile's name. */
    method: text("method").notNull(),
    createdAt: createdAt(),
    lastSeenAt: instant("last_seen_at").notNull().defaultNow(),
    /** Absolute end, whatever the use. */
    expiresAt: instant("expires_at").notNull(),
    userAgent: text("user_agent").notNull().default(""),
    address: text("address").notNull().default(""),
    /** The credential profile that it was made with; null for local accounts. */
    credentialId: uuid("credential_id").references(() => credentials.id, { onDelete: "set null" }),
    /** The node that the person chose to sign in at. */
    nodeId: uuid("node_id").references(() => nodes.id, { onDelete: "set null" }),
    /** What the profile's role mapping made of the claims; null for local accounts, whose roles are the user's own. */
    grants: jsonb("grants").$type<Grant[]>(),
    /** Whether a second factor was verified, and which: `totp`, `provider: mfa`. */
    mfa: boolean("mfa").notNull().default(false),
    mfaMethod: text("mfa_method"),
    /** JSON of the provider's tokens (`SessionTokens` of lib/oauth/sign-in), sealed for `sessions/<id>.tokens`. */
    tokensEnvelope: text("tokens_envelope"),
    /** When the worker asks the provider whether the person may still be here; null = it doesn't. */
    nextRenewAt: instant("next_renew_at"),
    /** Until when one process has the renewal of the tokens to itself; a lease, so a killed one blocks nobody for long. */
    renewLeaseUntil: instant("renew_lease_until"),
    /** Who has it: only the holder writes what the provider answered. */
    renewLeaseHolder: uuid("renew_lease_holder"),
    /** Renewals in a row that the provider did not answer. */
    renewFailures: integer("renew_failures").notNull().default(0),
    revokedAt: instant("revoked_at"),
    /** In words: `signed out`, `password changed`, `revoked by admin`. */
    revokedReason: text("revoked_reason"),
  },
  (table) => [
    index("sessions_user_index").on(table.userId, table.id),
    index("sessions_expiry_index").on(table.expiresAt),
    index("sessions_credential_index").on(table.credentialId),
    index("sessions_renew_index").on(table.nextRenewAt),
  ],
);
