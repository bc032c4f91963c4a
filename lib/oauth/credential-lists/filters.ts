import { and, eq, exists, gt, isNull, lt, lte, not, type SQL, sql } from "drizzle-orm";
import type { z } from "zod";
import type { credentialStates } from "#drizzle/schema/credential-states.ts";
import { credentialTexts } from "#drizzle/schema/credential-texts.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { transports } from "#drizzle/schema/transports.ts";
import type { credentialQuery, SecretEndFilter } from "#lib/oauth/credentials/schema.ts";
import { dayMs } from "#lib/oauth/credentials/secret-expiry.ts";
import { isAtNodes } from "#lib/oauth/credentials/visible.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { lowerCaseContains } from "#lib/platform/db/contains.ts";

/**
 * The conditions of a list of credentials. The dashboard counts by the same ones, so that a number and the list behind it
 * agree.
 * @param visible nodes that the reader can see: what other nodes use isn't found by node.
 */
export function filterCredentials(
  wanted: Partial<z.output<typeof credentialQuery>>,
  now: Date,
  visible: "all" | readonly string[] = "all",
): SQL | undefined {
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
    wanted.nodeId ? isAtNodes([wanted.nodeId], visible) : undefined,
    wanted.secretEnds && endsAsWanted(credentials.secretEndsAt, wanted.secretEnds, now),
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

/** Condition: the secret or certificate ends so. */
export function endsAsWanted(
  endsAt: typeof credentials.secretEndsAt | typeof credentialStates.secretEndsAt,
  filter: SecretEndFilter,
  now: Date,
): SQL {
  if (filter === "unknown") return isNull(endsAt);
  if (filter === "ended") return lte(endsAt, now);
  return and(gt(endsAt, now), lt(endsAt, new Date(now.getTime() + (Number(filter) + 1) * dayMs)))!;
}
