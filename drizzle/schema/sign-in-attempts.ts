import { boolean, index, jsonb, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import type { RecordedRefusal, SignInMode, SignInPurpose } from "#lib/oauth/sign-in/model.ts";
import { createdAt, id, instant } from "./columns.ts";
import { credentials } from "./credentials.ts";
import { nodes } from "./nodes.ts";
import { sessions } from "./sessions.ts";

/** Sign-ins at a provider that have begun (RFC 6749 section 4.1.1). Each is used once and expires soon. */
export const signInAttempts = pgTable(
  "sign_in_attempts",
  {
    id: id(),
    /** SHA-256 of `state`. */
    stateHash: text("state_hash").notNull(),
    /** SHA-256 of the secret in the browser's cookie: only that browser can finish. */
    browserHash: text("browser_hash").notNull(),
    credentialId: uuid("credential_id")
      .notNull()
      .references(() => credentials.id, { onDelete: "cascade" }),
    nodeId: uuid("node_id").references(() => nodes.id, { onDelete: "set null" }),
    purpose: text("purpose").$type<SignInPurpose>().notNull(),
    mode: text("mode").$type<SignInMode>().notNull(),
    /** A path of this portal. */
    returnTo: text("return_to").notNull(),
    /** Whether a second factor was asked for. */
    asksMfa: boolean("asks_mfa").notNull().default(false),
    /** Who began it, for a mapping test and a step-up: only this session can finish. */
    sessionId: uuid("session_id").references(() => sessions.id, { onDelete: "cascade" }),
    /** JSON of nonce and PKCE verifier, sealed for `sign_in_attempts/<id>.secrets`; gone once used. */
    secretsEnvelope: text("secrets_envelope"),
    address: text("address").notNull().default(""),
    createdAt: createdAt(),
    expiresAt: instant("expires_at").notNull(),
    usedAt: instant("used_at"),
    /** How it ended, for the page that says so; null until then and when it succeeded. */
    refusal: jsonb("refusal").$type<RecordedRefusal>(),
    /** Of a mapping test: JSON of the claims, sealed for `sign_in_attempts/<id>.claims`. */
    claimsEnvelope: text("claims_envelope"),
  },
  (table) => [
    uniqueIndex("sign_in_attempts_state_unique").on(table.stateHash),
    index("sign_in_attempts_address_index").on(table.address, table.createdAt),
    index("sign_in_attempts_expiry_index").on(table.expiresAt),
  ],
);
