import { eq } from "drizzle-orm";
import { certificateAuthorities } from "#drizzle/schema/certificate-authorities.ts";
import { proxies } from "#drizzle/schema/proxies.ts";
import { authorityAad, proxyAad } from "#lib/platform/crypto/aad.ts";
import { openSecret } from "#lib/platform/crypto/envelope.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import { AppError, type FieldError, invalidInput } from "#lib/platform/errors/app-error.ts";
import type { ProxySettings, SealedProxy } from "#lib/platform/net/proxy-settings.ts";

/** The columns of a named proxy that a request needs. */
export const namedProxyColumns = {
  id: proxies.id,
  name: proxies.name,
  url: proxies.url,
  username: proxies.username,
  bypass: proxies.bypass,
  passwordEnvelope: proxies.passwordEnvelope,
};
export type NamedProxy = Pick<typeof proxies.$inferSelect, keyof typeof namedProxyColumns>;

/** The columns of a named certificate authority that a request needs. */
export const namedCaColumns = {
  id: certificateAuthorities.id,
  name: certificateAuthorities.name,
  certificates: certificateAuthorities.certificates,
  sealEnvelope: certificateAuthorities.sealEnvelope,
};
export type NamedCa = Pick<typeof certificateAuthorities.$inferSelect, keyof typeof namedCaColumns>;

/**
 * The proxy that settings mean.
 * @param own the password of a proxy that isn't named.
 * @param named the row that the settings name.
 */
export function resolveProxy(
  settings: ProxySettings,
  own: Omit<SealedProxy, "settings">,
  named: NamedProxy | null,
): SealedProxy {
  if (settings.mode !== "named") return { settings, ...own };
  // The foreign key excludes it. A request without its proxy would go elsewhere.
  if (!named) throw new AppError("proxy_failed", "The selected proxy doesn't exist anymore.", { hint: selectAnother });
  const { id, url, username, bypass, passwordEnvelope } = named;
  return { settings: { mode: "manual", url, username, bypass }, passwordEnvelope, aad: proxyAad(id, named) };
}

/**
 * The certificates that are trusted in addition to the usual ones.
 * @param own PEM without a name.
 * @throws AppError `secret_unreadable` if the named ones were changed outside Sallyport
 */
export function openTrustedCa(own: string | null, named: NamedCa | null): string | null {
  if (!named) return own;
  openSecret(named.sealEnvelope, authorityAad(named.id, named));
  return own === null ? named.certificates : `${named.certificates}\n${own}`;
}

const selectAnother = "Select another one.";

/**
 * Checks that what was selected exists, and keeps it from being deleted until the transaction ends.
 * @throws AppError `invalid_input` at `proxy.proxyId` and `trustedCaId`
 */
export async function requireNamed(
  tx: Transaction,
  { proxy, trustedCaId }: { proxy: ProxySettings; trustedCaId: string | null },
): Promise<{ namedProxy: NamedProxy | null; namedCa: NamedCa | null }> {
  const proxyId = proxy.mode === "named" ? proxy.proxyId : null;
  const [namedProxy = null] = proxyId
    ? await tx.select(namedProxyColumns).from(proxies).where(eq(proxies.id, proxyId)).for("key share")
    : [];
  const [namedCa = null] = trustedCaId
    ? await tx
        .select(namedCaColumns)
        .from(certificateAuthorities)
        .where(eq(certificateAuthorities.id, trustedCaId))
        .for("key share")
    : [];
  const missing: FieldError[] = [];
  if (proxyId && !namedProxy)
    missing.push({ field: "proxy.proxyId", message: `This proxy doesn't exist. ${selectAnother}` });
  if (trustedCaId && !namedCa) {
    missing.push({ field: "trustedCaId", message: `This certificate authority doesn't exist. ${selectAnother}` });
  }
  if (missing.length > 0) throw invalidInput(missing);
  return { namedProxy, namedCa };
}
