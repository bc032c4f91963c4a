import { sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { getDb } from "#lib/platform/db/client.ts";

/** Due for so long without having been asked, while its provider fails for others. */
const overdueMs = 30_000;
/** How many are marked in one go. */
const most = 10_000;

/**
 * Says of working credentials that are due at providers that fail, and wait for their turn there, that their provider fails: with
 * many of them some would be asked only minutes later, and be shown as working meanwhile. Those are marked that nobody renewed for
 * half a minute although they were due, so what another worker can reach is left alone, and so is what is not due. They stay due:
 * once the provider answers they are the next to be asked, and have their own status again.
 * @param hosts as `claimDue` has them. @param now milliseconds.
 * @returns how many were marked.
 */
export async function markWaiting(hosts: string[], now: number): Promise<number> {
  if (hosts.length === 0) return 0;
  const host = sql`lower(substring(endpoint_url from '^[a-z]+://([^/?#]+)'))`;
  const { rowCount } = await getDb().execute(sql`
    update ${credentials} set
      status = 'degraded', status_field = null, error_code = 'token_endpoint_unavailable', provider_code = null,
      status_reason = ${host} || ' fails for other credentials at this time. A new token is due since '
        || to_char(next_check_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC and is asked for as soon as it answers.'
    where id = any(array(
      select id from ${credentials}
      where enabled and type = 'application' and next_check_at <= ${new Date(now - overdueMs)}
        and status in ('active', 'expiring') and ${host} = any(${sql.param(hosts)}::text[])
      order by next_check_at limit ${most} for update skip locked))`);
  return rowCount ?? 0;
}
