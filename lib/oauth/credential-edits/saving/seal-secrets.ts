import type { credentials } from "#drizzle/schema/credentials.ts";
import type { AnyFields } from "#lib/oauth/credentials/definition.ts";
import { type CredentialDestination, credentialAad } from "#lib/platform/crypto/aad.ts";
import { rebindSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import type { FieldError } from "#lib/platform/errors/app-error.ts";
import type { SecretChanges } from "../audit-view.ts";

type SecretColumns = Partial<
  Pick<
    typeof credentials.$inferInsert,
    | "clientSecretEnvelope"
    | "clientSecretSetAt"
    | "privateKeyEnvelope"
    | "privateKeySetAt"
    | "proxyPasswordEnvelope"
    | "proxyPasswordSetAt"
  >
>;

/**
 * Seals the secrets that were sent, bound to where they can go: of one left out nothing is said (the stored one stays), null or
 * blank removes it. A proxy that is no longer manual loses its password.
 * @param row the columns as they are saved.
 */
export function sealSecrets(
  row: CredentialDestination,
  input: AnyFields,
  now: Date,
): { columns: SecretColumns; changes: SecretChanges } {
  const columns: SecretColumns = {};
  const changes: SecretChanges = {};
  const note = (field: "clientSecret" | "privateKey" | "proxyPassword", value: string | null | undefined) => {
    if (value === undefined) return;
    columns[`${field}Envelope`] = value ? sealSecret(value, credentialAad(row, field)) : null;
    columns[`${field}SetAt`] = value ? now : null;
    changes[field] = value ? "replaced" : "removed";
  };
  note("clientSecret", input.clientSecret);
  note("privateKey", input.privateKey);
  note("proxyPassword", input.proxy.mode === "manual" ? input.proxy.password : null);
  return { columns, changes };
}

const secretFields = {
  clientSecret: "clientSecret",
  privateKey: "privateKey",
  proxyPassword: "proxy.password",
} as const;
type Sealed = CredentialDestination &
  Pick<typeof credentials.$inferSelect, "clientSecretEnvelope" | "privateKeyEnvelope" | "proxyPasswordEnvelope">;

/**
 * Binds the stored secrets that an edit keeps to where they can go after it.
 * @param columns those that the edit sets.
 * @returns the columns, and complaints about secrets that can't be opened and so can't be kept.
 */
export function rebindSecrets(
  before: Sealed,
  after: CredentialDestination,
  columns: SecretColumns,
): { columns: SecretColumns; complaints: FieldError[] } {
  const rebound: SecretColumns = { ...columns };
  const complaints: FieldError[] = [];
  for (const [field, shownAt] of Object.entries(secretFields) as [keyof typeof secretFields, string][]) {
    const envelope = before[`${field}Envelope`];
    if (envelope === null || columns[`${field}Envelope`] !== undefined) continue;
    const kept = rebindSecret(envelope, credentialAad(before, field), credentialAad(after, field));
    if (kept === null) complaints.push({ field: shownAt, message: "Enter it again: the stored one can't be opened." });
    else rebound[`${field}Envelope`] = kept;
  }
  return { columns: rebound, complaints };
}
