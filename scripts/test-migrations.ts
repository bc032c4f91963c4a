import { readFileSync } from "node:fs";
import { readMigrationFiles } from "drizzle-orm/migrator";
import type pg from "pg";

/** Applies the migrations after one and up to another, by their names, or all, as drizzle would. */
export async function applyMigrations(client: pg.Client, range: { after?: string; upTo?: string }): Promise<void> {
  const folder = "drizzle/migrations";
  const { entries } = JSON.parse(readFileSync(`${folder}/meta/_journal.json`, "utf8")) as {
    entries: { tag: string }[];
  };
  const end = (name: string | undefined, none: number) => {
    if (name === undefined) return none;
    const index = entries.findIndex(({ tag }) => tag.replaceAll("_", "-") === name.replaceAll("_", "-"));
    if (index < 0) throw new Error(`There is no migration ${name}.`);
    return index + 1;
  };
  const files = readMigrationFiles({ migrationsFolder: folder });
  for (const { sql: statements } of files.slice(end(range.after, 0), end(range.upTo, files.length))) {
    for (const statement of statements) await client.query(statement);
  }
}
