import { eq, sql } from "drizzle-orm";
import { sessions } from "#drizzle/schema/sessions.ts";
import { getDb } from "#lib/platform/db/client.ts";

/**
 * Lets the lease of a session's renewal hold for an hour in this test file's database, so that a process that is slow to extend it
 * keeps it. The lease of a killed process ends when the test says so: `endRenewalLease`.
 */
export async function stretchRenewalLeases(): Promise<void> {
  await getDb().execute(sql`
    create function stretch() returns trigger language plpgsql as $$
    begin
      if new.renew_lease_until > now() then new.renew_lease_until := now() + interval '1 hour'; end if;
      return new;
    end $$`);
  await getDb().execute(sql`
    create trigger stretch before insert or update of renew_lease_until on ${sessions} for each row execute function stretch()`);
}

/** Ends the lease of a session's renewal now. */
export async function endRenewalLease(sessionId: string): Promise<void> {
  await getDb()
    .update(sessions)
    .set({ renewLeaseUntil: sql`now() - interval '1 second'` })
    .where(eq(sessions.id, sessionId));
}
