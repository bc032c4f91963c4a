import { and, eq, gt, isNotNull, isNull, lt, lte, or, type SQL } from "drizzle-orm";
import { transports } from "#drizzle/schema/transports.ts";
import { soonestCertificateEnd } from "#lib/oauth/network/certificate-end.ts";
import { getDb } from "#lib/platform/db/client.ts";
import type { CertificateEndFilter } from "./model.ts";

const dayMs = 86_400_000;

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
    const end = soonestCertificateEnd({ ...row, namedCa: null });
    if (!end) continue;
    await getDb()
      .update(transports)
      .set({ certificateEndsAt: end.at })
      .where(and(eq(id, row.id), eq(version, row.version)));
    filled++;
  }
  return filled;
}
