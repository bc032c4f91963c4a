import type { credentials } from "#drizzle/schema/credentials.ts";
import { credentialAad } from "#lib/platform/crypto/aad.ts";
import { sealSecret } from "#lib/platform/crypto/envelope.ts";
import type { SecretChanges } from "./audit-view.ts";
import type { AnyFields } from "./definition.ts";

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
 * Seals the secrets that were sent: of one left out nothing is said (the stored one stays), null or blank removes it. A
 * proxy that is no longer manual loses its password.
 */
export function sealSecrets(
  id: string,
  input: AnyFields,
  now: Date,
): { columns: SecretColumns; changes: SecretChanges } {
  const columns: SecretColumns = {};
  const changes: SecretChanges = {};
  const note = (field: "clientSecret" | "privateKey" | "proxyPassword", value: string | null | undefined) => {
    if (value === undefined) return;
    columns[`${field}Envelope`] = value ? sealSecret(value, credentialAad(id, field)) : null;
    columns[`${field}SetAt`] = value ? now : null;
    changes[field] = value ? "replaced" : "removed";
  };
  note("clientSecret", input.clientSecret);
  note("privateKey", input.privateKey);
  note("proxyPassword", input.proxy.mode === "manual" ? input.proxy.password : null);
  return { columns, changes };
}
