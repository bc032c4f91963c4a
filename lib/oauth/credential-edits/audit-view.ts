import { credentialFields } from "#lib/oauth/credentials/definition.ts";
import type { CredentialConfiguration } from "#lib/oauth/credentials/model.ts";
import { namesOf } from "#lib/platform/definitions/field.ts";

/** Which secrets an edit sent: `replaced`, `removed`, or nothing. */
export type SecretChanges = Partial<Record<"clientSecret" | "privateKey" | "proxyPassword", "replaced" | "removed">>;

const audited = ["version", "enabled", ...namesOf(credentialFields, ({ kept }) => kept === undefined)];

/**
 * A configuration as the audit log keeps it: nothing of how it does, and of each secret only whether it is set.
 * @param changes what the edit did to the secrets, for its "after".
 */
export function toAuditView(from: CredentialConfiguration, changes: SecretChanges = {}): Record<string, unknown> {
  const tell = (setAt: string | null) => (setAt === null ? "not set" : "set");
  const { proxy } = from;
  const manual = proxy.mode === "manual" ? proxy : null;
  return {
    ...Object.fromEntries(audited.map((name) => [name, from[name as keyof CredentialConfiguration]])),
    clientSecret: changes.clientSecret ?? tell(from.clientSecretSetAt),
    privateKey: changes.privateKey ?? tell(from.privateKeySetAt),
    proxy: manual ? { mode: manual.mode, url: manual.url, username: manual.username, bypass: manual.bypass } : proxy,
    proxyPassword: changes.proxyPassword ?? tell(manual?.passwordSetAt ?? null),
  };
}
