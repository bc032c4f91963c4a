import { boolean, date, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import type { SecretSlot } from "#lib/oauth/credentials/rotation-model.ts";
import type { CheckStep } from "#lib/oauth/explanations/check-steps.ts";
import { instant } from "./columns.ts";
import { credentials } from "./credentials.ts";

/**
 * Secrets of a credential beside the one in force: the `staged` one, which is to take its place, and the `previous` one,
 * which had it before. Apart from `credentials`, so that no run and no renewal reads them. What a slot holds is what it
 * replaces: a client secret, a private key with its certificate, or a certificate renewed for the same key.
 */
export const credentialSecrets = pgTable(
  "credential_secrets",
  {
    credentialId: uuid("credential_id")
      .notNull()
      .references(() => credentials.id, { onDelete: "cascade" }),
    slot: text("slot").$type<SecretSlot>().notNull(),
    /** New with everything that is put into the slot: who acts on it names what they saw. */
    secretId: uuid("secret_id").notNull(),
    /** Sealed for `credential_secrets/<credential id>/<slot>.<field>`. */
    clientSecretEnvelope: text("client_secret_envelope"),
    clientSecretSetAt: instant("client_secret_set_at"),
    privateKeyEnvelope: text("private_key_envelope"),
    privateKeySetAt: instant("private_key_set_at"),
    /** PEM, the leaf first; not a secret. */
    certificate: text("certificate"),
    secretExpiresOn: date("secret_expires_on", { mode: "string" }),
    /** The server that it was entered for; it is never sent to another one. */
    boundTo: text("bound_to").notNull(),
    /** When and by whom it was put here: staged, or replaced by the one in force. */
    placedAt: instant("placed_at").notNull(),
    placedBy: text("placed_by").notNull(),
    // the last test of the staged one
    testedAt: instant("tested_at"),
    testedBy: text("tested_by"),
    testPassed: boolean("test_passed"),
    testReason: text("test_reason"),
    /** Field of the form that most likely needs a change, null when none. */
    testField: text("test_field"),
    /** Of the configuration that it was tested with: an edit since then makes the test one of something else. */
    testMark: text("test_mark"),
    testSteps: jsonb("test_steps").$type<CheckStep[]>(),
    /** The text for the IT team. */
    testReport: text("test_report"),
  },
  (table) => [primaryKey({ columns: [table.credentialId, table.slot] })],
);
