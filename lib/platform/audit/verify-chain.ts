import { asc, gt } from "drizzle-orm";
import { auditHead } from "#drizzle/schema/audit-head.ts";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { getDb } from "#lib/platform/db/client.ts";
import type { Head } from "./chain.ts";
import { type ChainCheck, checkChain } from "./check-chain.ts";

const batchSize = 1000;

/**
 * Reads the whole audit log as it is at one moment, while the portal runs, and checks its chain.
 * @param shipped heads that were kept elsewhere; without them somebody who may write the database can rewrite all of it.
 */
export async function verifyChain(shipped: readonly Head[] = []): Promise<ReturnType<ChainCheck["finish"]>> {
  return getDb().transaction(
    async (tx) => {
      const [row] = await tx.select().from(auditHead);
      const check = checkChain(row ? { id: row.lastId, hash: row.hash } : null, shipped);
      let after = Number.MIN_SAFE_INTEGER;
      for (;;) {
        const rows = await tx
          .select()
          .from(auditRecords)
          .where(gt(auditRecords.id, after))
          .orderBy(asc(auditRecords.id))
          .limit(batchSize);
        for (const record of rows) check.take(record);
        after = rows.at(-1)?.id ?? after;
        if (rows.length < batchSize) return check.finish();
      }
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
}
