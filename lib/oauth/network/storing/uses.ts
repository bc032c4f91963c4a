import { and, eq, type SQL, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { type ActorGrant, allowedNodes } from "#lib/access/permissions/permissions.ts";
import type { Database, Transaction } from "#lib/platform/db/client.ts";
import { isWithinNodes } from "#lib/platform/db/within-nodes.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import type { NetworkUse } from "../definition.ts";

/** The columns that refer to a named proxy or certificate authority. */
export type References = "proxyId" | "trustedCaId";

export type NetworkUses = { usedBy: NetworkUse[]; usedElsewhere: number };
export const noUses: NetworkUses = { usedBy: [], usedElsewhere: 0 };

/** More wouldn't be read; the count covers the rest. */
const shown = 500;

/** What uses a named object, by name: what the reader can see, and how many others. */
export async function findNetworkUses(
  db: Database | Transaction,
  column: References,
  id: string,
  grants: readonly ActorGrant[],
): Promise<NetworkUses> {
  const { name, id: transportId } = transports;
  const byTransport = eq(transports[column], id);
  const byCredential = eq(credentials[column], id);
  const ofTransports = await db
    .select({ id: transportId, name, nodeName: nodes.name })
    .from(transports)
    .innerJoin(nodes, eq(nodes.id, transports.nodeId))
    .where(and(byTransport, isWithinNodes(nodes.path, allowedNodes(grants, "transports.read"))))
    .orderBy(sql`lower(${name})`, transportId)
    .limit(shown);
  const ofCredentials =
    allowedNodes(grants, "credentials.read") === "all"
      ? await db
          .select({ id: credentials.id, name: credentials.name })
          .from(credentials)
          .where(byCredential)
          .orderBy(sql`lower(${credentials.name})`, credentials.id)
          .limit(shown)
      : [];
  const all = (await db.$count(transports, byTransport)) + (await db.$count(credentials, byCredential));
  const usedBy: NetworkUse[] = [
    ...ofCredentials.map((row) => ({ kind: "credential" as const, ...row, nodeName: null })),
    ...ofTransports.map((row) => ({ kind: "transport" as const, ...row })),
  ];
  return { usedBy, usedElsewhere: all - usedBy.length };
}

/** How many transports and credentials use the row of an outer query. */
export function countUses(column: References, id: SQL): SQL<number> {
  const name = sql.raw(column === "proxyId" ? "proxy_id" : "trusted_ca_id");
  return sql<number>`((select count(*) from ${transports} where ${transports}.${name} = ${id})
    + (select count(*) from ${credentials} where ${credentials}.${name} = ${id}))::int`;
}

/** @throws AppError `in_use` with `details.usedBy`, if anything uses it */
export function requireUnused(what: string, { usedBy, usedElsewhere }: NetworkUses): void {
  const total = usedBy.length + usedElsewhere;
  if (total === 0) return;
  throw new AppError("in_use", `${what} can't be deleted: ${describeCount(total)} it.`, {
    hint: "Select another one in these transports and credentials first.",
    details: { usedBy, usedElsewhere },
  });
}

function describeCount(total: number): string {
  return total === 1 ? "1 transport or credential uses" : `${total} transports and credentials use`;
}
