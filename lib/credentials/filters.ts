import { and, eq, exists, gt, isNull, lt, lte, not, type SQL, sql } from "drizzle-orm";
import type { z } from "zod";
import { credentialTexts } from "#drizzle/schema/credential-texts.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { getDb } from "../db/client.ts";
import { lowerCaseContains } from "../db/contains.ts";
import { isWithinNodes } from "../db/within-nodes.ts";
import type { credentialQuery, SecretEndFilter } from "./schema.ts";
import { dayMs } from "./secret-expiry.ts";

/**
 * The conditions of a list of credentials. The dashboard counts by the same ones, so that a number and the list behind it
 * agree.
 */
export function filterCredentials(wanted: Partial<z.output<typeof credentialQuery>>, now: Date): SQL | undefined {
  const isUsed = exists(
    getDb().select({ one: sql`1` }).from(transports).where(eq(transports.credentialId, credentials.id)),
  );
  const { owner } = credentials;
  return and(
    wanted.q ? holdsText(wanted.q) : undefined,
    wanted.type && eq(credentials.type, wanted.type),
    wanted.status && eq(credentials.status, wanted.status),
    wanted.provider && eq(credentials.provider, wanted.provider),
    wanted.owner ? sql`lower(${owner}) = lower(${wanted.owner})` : undefined,
    wanted.ownerless === "true" ? sql`lower(${owner}) = ''` : undefined,
    wanted.reason ? sql`${reasonOfStatus} = ${wanted.reason}` : undefined,
    wanted.nodeId ? isAtNode(wanted.nodeId) : undefined,
    wanted.secretEnds && endsAsWanted(wanted.secretEnds, now),
    wanted.used && (wanted.used === "true" ? isUsed : not(isUsed)),
  );
}

/** Condition: name, client ID, endpoint URL or owner hold the text. */
function holdsText(text: string): SQL {
  const { credentialId, text: texts } = credentialTexts;
  return sql`${credentials.id} in (select ${credentialId} from ${credentialTexts} where ${lowerCaseContains(texts, text)})`;
}

/** Why a credential has its status, in one word: the provider's code, or else the portal's; blank when nothing is wrong. */
export const reasonOfStatus = sql<string>`coalesce(${credentials.providerCode}, ${credentials.errorCode}, '')`;

/** Condition: a transport on the node, or under it, uses the credential, or people are offered to sign in with it there. */
export function isAtNode(nodeId: string): SQL {
  const within = isWithinNodes(nodes.path, [nodeId])!;
  // Of all credentials only those of people are offered somewhere, and they are few.
  return sql`${credentials.id} in (
    select ${transports.credentialId} from ${transports} join ${nodes} on ${nodes.id} = ${transports.nodeId} where ${within}
    union
    select profile.id from ${credentials} profile
    where profile.type = 'user' and profile.offered_at && array(select ${nodes.id} from ${nodes} where ${within}))`;
}

function endsAsWanted(filter: SecretEndFilter, now: Date): SQL | undefined {
  const { secretEndsAt } = credentials;
  if (filter === "unknown") return isNull(secretEndsAt);
  if (filter === "ended") return lte(secretEndsAt, now);
  return and(gt(secretEndsAt, now), lt(secretEndsAt, new Date(now.getTime() + (Number(filter) + 1) * dayMs)));
}
