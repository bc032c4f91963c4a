import { eq } from "drizzle-orm";
import { wsdls } from "#drizzle/schema/wsdls.ts";
import type { ServiceDescription, WsdlDocument } from "#lib/delivery/soap/model.ts";
import type { WsdlSource } from "#lib/delivery/transports/model.ts";
import { type Database, getDb, type Transaction } from "#lib/platform/db/client.ts";
import type { AppError } from "#lib/platform/errors/app-error.ts";

/** A WSDL that was read and compiled, ready to be stored. */
export type ReadWsdl = {
  source: WsdlSource;
  documents: WsdlDocument[];
  /** The documents as they are stored. */
  packed: Buffer;
  hash: string;
  bytes: number;
  services: ServiceDescription[];
};

/** A WSDL that could not be read, and why. */
export type FailedRead = { source: WsdlSource; entry: string; failure: AppError };

/**
 * Keeps what was read. A failure leaves documents of the same entry as they are and is kept beside them.
 */
export async function writeWsdl(
  tx: Transaction,
  transportId: string,
  read: ReadWsdl | FailedRead,
  now: Date,
): Promise<void> {
  if ("failure" in read) {
    const { code, message, hint } = read.failure;
    const { source, entry } = read;
    const failure = { code, message, hint, at: now.toISOString() };
    const [known] = await tx.select({ entry: wsdls.entry }).from(wsdls).where(eq(wsdls.transportId, transportId));
    if (known?.entry === entry) await tx.update(wsdls).set({ failure }).where(eq(wsdls.transportId, transportId));
    else {
      await tx.delete(wsdls).where(eq(wsdls.transportId, transportId));
      await tx.insert(wsdls).values({ transportId, source, entry, failure });
    }
    return;
  }
  const { source, documents, packed, hash, bytes, services } = read;
  const row = { source, entry: documents[0]!.location, documents: packed, hash, bytes, services, readAt: now };
  await tx
    .insert(wsdls)
    .values({ transportId, ...row })
    .onConflictDoUpdate({ target: wsdls.transportId, set: { ...row, failure: null } });
}

/** The stored documents and their hash, null as long as none could be read. `packed` is what `packDocuments` made. */
export async function findDocuments(
  transportId: string,
  db: Database | Transaction = getDb(),
): Promise<{ hash: string; packed: Buffer } | null> {
  const [row] = await db
    .select({ hash: wsdls.hash, packed: wsdls.documents })
    .from(wsdls)
    .where(eq(wsdls.transportId, transportId));
  const { hash, packed } = row ?? {};
  return hash && packed ? { hash, packed } : null;
}
