import { eq } from "drizzle-orm";
import { certificateAuthorities } from "#drizzle/schema/certificate-authorities.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { proxies } from "#drizzle/schema/proxies.ts";
import {
  type NamedCa,
  type NamedProxy,
  namedCaColumns,
  namedProxyColumns,
  openTrustedCa,
  resolveProxy,
} from "#lib/oauth/network/named-route.ts";
import { credentialAad, hashCredentialDestination } from "#lib/platform/crypto/aad.ts";
import { openSecret } from "#lib/platform/crypto/envelope.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";
import { openProxy } from "#lib/platform/net/open-proxy.ts";
import type { CredentialConfiguration, OpenCredential, OpenUserCredential } from "./model.ts";
import { type Reader, toConfiguration } from "./store.ts";
import { openTokenLists } from "./token-lists.ts";

/** A row of a credential with its sealed columns, and the named proxy and certificate authority that it selects. */
export type SealedCredential = typeof credentials.$inferSelect & {
  namedProxy: NamedProxy | null;
  namedCa: NamedCa | null;
};

/**
 * Reads a credential with its secrets opened.
 * @throws AppError `not_found`, `secret_unreadable`
 */
export async function openCredential(id: string, reader: Reader = getDb()): Promise<OpenCredential> {
  return openSealed(await findSealed(reader, id));
}

/** @throws AppError `not_found` */
export async function findSealed(reader: Reader, id: string): Promise<SealedCredential> {
  const [row] = await reader
    .select({ credential: credentials, namedProxy: namedProxyColumns, namedCa: namedCaColumns })
    .from(credentials)
    .leftJoin(proxies, eq(proxies.id, credentials.proxyId))
    .leftJoin(certificateAuthorities, eq(certificateAuthorities.id, credentials.trustedCaId))
    .where(eq(credentials.id, id));
  if (!row) throw notFound("credential", id);
  const { credential, ...named } = row;
  return { ...credential, ...named };
}

/** The configuration of a row, secrets only by when they were set. */
export function describeSealed(row: SealedCredential): CredentialConfiguration {
  return toConfiguration({
    ...row,
    proxyName: row.namedProxy?.name ?? null,
    trustedCaName: row.namedCa?.name ?? null,
  });
}

/** `openCredential` for one with which people sign in. @throws AppError `not_found` for any other, `secret_unreadable` */
export async function openUserCredential(id: string): Promise<OpenUserCredential> {
  const credential = await openCredential(id);
  if (credential.type !== "user") throw notFound("credential", id);
  return credential;
}

/**
 * Opens the secrets of a credential. The one place where they are; only lib/oauth/tokens and lib/delivery/connection-check call it, and ask nobody for
 * permission: a run of an operator needs a token too.
 * @throws AppError `secret_unreadable`
 */
export function openSealed(row: SealedCredential): OpenCredential {
  const open = (envelope: string | null, field: Parameters<typeof credentialAad>[1]) =>
    envelope === null ? null : openSecret(envelope, credentialAad(row, field));
  const ownPassword = { passwordEnvelope: row.proxyPasswordEnvelope, aad: credentialAad(row, "proxyPassword") };
  return {
    ...describeSealed(row),
    proxy: openProxy(resolveProxy(row.proxy, ownPassword, row.namedProxy)),
    trustedCa: openTrustedCa(null, row.namedCa),
    ...openTokenLists(row),
    clientSecret: open(row.clientSecretEnvelope, "clientSecret"),
    privateKey: open(row.privateKeyEnvelope, "privateKey"),
    failingSince: row.failingSince?.toISOString() ?? null,
    unexplainedSince: row.unexplainedSince?.getTime() ?? null,
    failures: row.failures,
    workedVersion: row.workedVersion,
    destination: hashCredentialDestination(row),
  };
}
