import { expect } from "vitest";
import { keepRollups } from "#lib/oversight/rollups/keep-rollups.ts";
import { getPool } from "#lib/platform/db/client.ts";
import { waitFor } from "./wait-for.ts";

/**
 * Counts every hour that is over. One look isn't always enough: a transaction of any database of this server that writes meanwhile
 * puts the hours off until the next look.
 */
export async function countEverything(): Promise<void> {
  // By the database's clock, as the counts. The hour that ended less than two minutes ago isn't counted yet.
  const { rows } = await getPool().query(
    "select date_trunc('hour', clock_timestamp() - interval '2 minutes', 'UTC') as over",
  );
  await waitFor(async () => {
    await keepRollups(Number.POSITIVE_INFINITY);
    const counted = await getPool().query("select log from rollup_states where until >= $1", [rows[0].over]);
    expect(counted.rowCount).toBe(2);
  });
}
