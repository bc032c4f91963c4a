import { and, eq, gt, isNotNull, isNull, lt, lte, or, type SQL } from "drizzle-orm";
import { transports } from "#drizzle/schema/transports.ts";
import { readExpiry, readLastExpiry, splitCertificates } from "#lib/platform/certificates/read-authorities.ts";
import { getDb } from "#lib/platform/db/client.ts";
import type { CertificateEndFilter } from "./model.ts";

const dayMs = 86_400_000;

type Certificates = { clientCertificate: string | null; trustedCa: string | null };

/** What of a transport ends first, and when. */
export type CertificateEnd = { what: "client certificate" | "trusted CA certificate"; at: Date };

/**
 * The end that comes first: of the client certificate (its own, not those of its issuers), or of what the transport trusts
 * beside the usual ones.
 */
export function soonestCertificateEnd(from: Certificates): CertificateEnd | null {
  const ends: CertificateEnd[] = [];
  const own = readExpiry(splitCertificates(from.clientCertificate)[0]);
  if (own) ends.push({ what: "client certificate", at: own });
  const trusted = readLastExpiry(from.trustedCa);
  if (trusted) ends.push({ what: "trusted CA certificate", at: trusted });
  return ends.sort((a, b) => a.at.getTime() - b.at.getTime())[0] ?? null;
}

/** Condition of a list: transports whose certificate ends so. */
export function endsAsWanted(filter: CertificateEndFilter, now: Date): SQL | undefined {
  const { certificateEndsAt } = transports;
  if (filter === "ended") return lte(certificateEndsAt, now);
  return and(gt(certificateEndsAt, now), lt(certificateEndsAt, new Date(now.getTime() + (Number(filter) + 1) * dayMs)));
}

/**
 * Notes the ends of certificates that were stored before their ends were noted.
 * @returns how many.
 */
export async function fillCertificateEnds(): Promise<number> {
  const { id, version, clientCertificate, trustedCa, certificateEndsAt } = transports;
  const rows = await getDb()
    .select({ id, version, clientCertificate, trustedCa })
    .from(transports)
    .where(and(isNull(certificateEndsAt), or(isNotNull(clientCertificate), isNotNull(trustedCa))));
  let filled = 0;
  for (const row of rows) {
    const end = soonestCertificateEnd(row);
    if (!end) continue;
    await getDb()
      .update(transports)
      .set({ certificateEndsAt: end.at })
      .where(and(eq(id, row.id), eq(version, row.version)));
    filled++;
  }
  return filled;
}
