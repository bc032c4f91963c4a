import { eq, inArray } from "drizzle-orm";
import { transports } from "#drizzle/schema/transports.ts";
import { readExpiry, readLastExpiry, splitCertificates } from "#lib/platform/certificates/read-authorities.ts";
import type { Transaction } from "#lib/platform/db/client.ts";

/** What of a transport ends first, and when. */
export type CertificateEnd = { what: "client certificate" | "trusted CA certificate"; at: Date };

type Certificates = {
  clientCertificate: string | null;
  trustedCa: string | null;
  /** PEM of the named certificate authority. */
  namedCa: string | null;
};

/**
 * The end that comes first: of the client certificate (its own, not those of its issuers), or of what the transport trusts
 * in addition to the usual certificates.
 */
export function soonestCertificateEnd({ clientCertificate, trustedCa, namedCa }: Certificates): CertificateEnd | null {
  const ends: CertificateEnd[] = [];
  const own = readExpiry(splitCertificates(clientCertificate)[0]);
  if (own) ends.push({ what: "client certificate", at: own });
  for (const trusted of [readLastExpiry(trustedCa), readLastExpiry(namedCa)]) {
    if (trusted) ends.push({ what: "trusted CA certificate", at: trusted });
  }
  return ends.sort((a, b) => a.at.getTime() - b.at.getTime())[0] ?? null;
}

/** Updates the ends of the transports that trust a named certificate authority. */
export async function updateCertificateEnds(tx: Transaction, trustedCaId: string, namedCa: string): Promise<void> {
  const { id, clientCertificate, trustedCa } = transports;
  const rows = await tx
    .select({ id, clientCertificate, trustedCa })
    .from(transports)
    .where(eq(transports.trustedCaId, trustedCaId))
    .orderBy(id)
    .for("update");
  const byEnd = new Map<number, string[]>();
  for (const row of rows) {
    const end = soonestCertificateEnd({ ...row, namedCa })!.at.getTime();
    byEnd.set(end, [...(byEnd.get(end) ?? []), row.id]);
  }
  for (const [end, ids] of byEnd) {
    await tx
      .update(transports)
      .set({ certificateEndsAt: new Date(end) })
      .where(inArray(id, ids));
  }
}
