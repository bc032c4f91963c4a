import { eq } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { credentialAad, hashCredentialDestination } from "#lib/platform/crypto/aad.ts";
import { openSecret } from "#lib/platform/crypto/envelope.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { notFound } from "#lib/platform/errors/app-error.ts";
import type { OpenProxySettings } from "#lib/platform/net/proxy-settings.ts";
import type { OpenCredential, OpenUserCredential } from "./model.ts";
import { type Reader, toConfiguration } from "./store.ts";
import { openTokenLists } from "./token-lists.ts";

/** A row of a credential with its sealed columns. */
export type SealedCredential = typeof credentials.$inferSelect;

/**
 * Reads a credential with its secrets opened.
 * @throws AppError `not_found`, `secret_unreadable`
 */
export async function openCredential(id: string, reader: Reader = getDb()): Promise<OpenCredential> {
  const [row] = await reader.select().from(credentials).where(eq(credentials.id, id));
  if (!row) throw notFound("credential", id);
  return openSealed(row);
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
  const proxy: OpenProxySettings =
    row.proxy.mode === "manual"
      ? { ...row.proxy, password: open(row.proxyPasswordEnvelope, "proxyPassword") }
      : row.proxy;
  return {
    ...toConfiguration(row),
    proxy,
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
