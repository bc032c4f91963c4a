import { asc, gt, sql } from "drizzle-orm";
import { auditHead } from "#drizzle/schema/audit-head.ts";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { genesisHash, type Head, hashRecord } from "#lib/platform/audit/chain.ts";
import type { Database, Transaction } from "#lib/platform/db/client.ts";

const batchSize = 500;

/**
 * Chains the records of a database that has no head yet: those from before there was a chain. They keep their numbers.
 * Once there is a head nothing is chained afterwards, or a record that somebody put in would become a good one.
 */
export async function chainExisting(db: Database | Transaction): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`lock table ${auditHead} in exclusive mode`);
    const heads = await tx.select().from(auditHead);
    if (heads.length > 0) return;
    await tx.execute(sql`lock table ${auditRecords} in exclusive mode`);
    let head: Head = { id: 0, hash: genesisHash };
    for (;;) {
      const rows = await tx
        .select()
        .from(auditRecords)
        .where(gt(auditRecords.id, head.id))
        .orderBy(asc(auditRecords.id))
        .limit(batchSize);
      const links = rows.map((row) => {
        const previousHash = head.hash;
        head = { id: row.id, hash: hashRecord({ ...row, previousHash }) };
        return sql`(${row.id}::bigint, ${previousHash}, ${head.hash})`;
      });
      if (links.length > 0) {
        await tx.execute(sql`update ${auditRecords} set previous_hash = link.previous_hash, hash = link.hash
          from (values ${sql.join(links, sql`, `)}) as link (id, previous_hash, hash)
          where ${auditRecords.id} = link.id`);
      }
      if (rows.length < batchSize) break;
    }
    await tx.insert(auditHead).values({ lastId: head.id, hash: head.hash });
  });
}
