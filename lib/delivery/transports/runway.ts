import { type SQL, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import type { Runway } from "./model.ts";

/**
 * The runway of a transport joined with its Application credential, as SQL; null for a transport that sends no such token. People's
 * own tokens are theirs, and not counted.
 */
export function runwayOf(now: Date): SQL<Runway | null> {
  const hourLater = new Date(now.getTime() + 3_600_000);
  return sql<Runway | null>`case
    when ${credentials.type} is distinct from 'application' then null
    when not ${credentials.enabled} or ${credentials.tokenExpiresAt} is null or ${credentials.tokenExpiresAt} <= ${now} then 'none'
    when ${credentials.tokenExpiresAt} <= ${hourLater} then 'hour'
    else 'longer' end`;
}
