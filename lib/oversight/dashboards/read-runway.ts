import { and, count, eq, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { runwayOf } from "#lib/delivery/transports/store.ts";
import { getDb } from "#lib/platform/db/client.ts";
import type { RunwayBlock, Scope } from "./model.ts";
import { isInScope } from "./scope.ts";

const shown = 8;

/** Which transports still hold a valid token, and for how long. */
export async function readRunway(scope: Scope, now: Date): Promise<RunwayBlock> {
  const where = and(eq(credentials.type, "application"), isInScope(sql`${nodes.path}`, scope));
  const runway = runwayOf(now);
  const [counts, worst] = await Promise.all([
    getDb()
      .select({ runway, count: count() })
      .from(transports)
      .innerJoin(credentials, eq(credentials.id, transports.credentialId))
      .innerJoin(nodes, eq(nodes.id, transports.nodeId))
      .where(where)
      .groupBy(sql`1`),
    getDb()
      .select({
        transportId: transports.id,
        transportName: transports.name,
        nodeName: nodes.name,
        credentialId: credentials.id,
        credentialName: credentials.name,
        status: credentials.status,
        tokenUntil: credentials.tokenExpiresAt,
      })
      .from(transports)
      .innerJoin(credentials, eq(credentials.id, transports.credentialId))
      .innerJoin(nodes, eq(nodes.id, transports.nodeId))
      .where(where)
      .orderBy(sql`${credentials.tokenExpiresAt} asc nulls first`, transports.id)
      .limit(shown),
  ]);
  const countOf = (wanted: string) => counts.find((row) => row.runway === wanted)?.count ?? 0;
  return {
    counts: { none: countOf("none"), hour: countOf("hour"), longer: countOf("longer") },
    worst: worst.map((row) => ({
      ...row,
      tokenUntil: row.tokenUntil && row.tokenUntil > now ? row.tokenUntil.toISOString() : null,
    })),
  };
}
