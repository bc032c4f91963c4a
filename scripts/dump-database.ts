import { sql } from "drizzle-orm";
import { getDb } from "#lib/platform/db/client.ts";

/** Every row of every table as text, by table; found in the catalogue, so that a new table is in it too. */
export async function dumpDatabase(): Promise<Record<string, string>> {
  const db = getDb();
  const tables = await db.execute<{ name: string }>(
    sql`select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')`,
  );
  const dump: Record<string, string> = {};
  for (const { name } of tables.rows) {
    const { rows } = await db.execute<{ row: string }>(sql`select t::text as row from ${sql.raw(name)} t`);
    dump[name] = rows.map(({ row }) => row).join("\n");
  }
  return dump;
}
