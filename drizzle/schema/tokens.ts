import { integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import type { StoredFailure } from "#lib/oauth/tokens/model.ts";
import { instant } from "./columns.ts";
import { credentials } from "./credentials.ts";

/**
 * Tokens shared by all processes, and the lease that lets only one process at a time ask the provider for one. The key
 * holds the credential's version, so an edit leaves the old token behind.
 */
export const tokens = pgTable(
  "tokens",
  {
    credentialId: uuid("credential_id")
      .notNull()
      .references(() => credentials.id, { onDelete: "cascade" }),
    credentialVersion: integer("credential_version").notNull(),
    scope: text("scope").notNull(),
    /** Access token, sealed for `tokens/<credential id>/<version>/<scope>`; null while the first one is being asked for. */
    accessTokenEnvelope: text("access_token_envelope"),
    /** Counts renewals; who drops a token names the generation that it saw refused. */
    generation: integer("generation").notNull().default(0),
    acquiredAt: instant("acquired_at"),
    expiresAt: instant("expires_at"),
    /** From here on the token is renewed ahead while it still serves. */
    renewAt: instant("renew_at"),
    leaseHolder: uuid("lease_holder"),
    leaseUntil: instant("lease_until"),
    /** After a failed request: nobody asks again before this time, on any process. */
    retryAt: instant("retry_at"),
    /** The failure that set `retry_at`, as told to those who are refused meanwhile. */
    failure: jsonb("failure").$type<StoredFailure>(),
  },
  (table) => [primaryKey({ columns: [table.credentialId, table.credentialVersion, table.scope] })],
);
