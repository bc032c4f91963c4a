import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { createNode } from "#lib/access/nodes/create-node.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "./test-database.ts";
import { findProgram } from "./test-programs.ts";

setUpTestDatabase();
const folder = mkdtempSync(join(tmpdir(), "sallyport-audit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `npm run audit -- …` prints and how it ends. */
function audit(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [findProgram("scripts/audit.ts"), ...args], (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

test("a whole log, one that was edited, and one that was rewritten since its head was shipped", async () => {
  for (const name of ["Plant 1", "Plant 2"]) await createNode(systemContext("Tester"), { name, parentId: null });
  const [whole, head] = await Promise.all([audit("verify"), audit("head")]);
  expect(whole).toMatchObject({ code: 0, output: expect.stringContaining("2 records is whole") });
  expect(head.code).toBe(0);
  const file = join(folder, "heads.jsonl");
  writeFileSync(file, head.output);
  expect(await audit("verify", file)).toMatchObject({ code: 0, output: expect.stringContaining("of 1 shipped heads") });

  await getDb().execute(sql`update audit_records set actor_name = 'Mallory' where id = 1`);
  const edited = await audit("verify");
  expect(edited).toMatchObject({ code: 1, output: expect.stringContaining("Record 1 was edited") });
  await getDb().execute(sql`truncate audit_records`);
  await getDb().execute(sql`update audit_head set last_id = 0, hash = repeat('0', 64)`);
  const [empty, behind] = await Promise.all([audit("verify"), audit("verify", file)]);
  expect(empty).toMatchObject({ code: 0 });
  expect(behind).toMatchObject({
    code: 1,
    output: expect.stringContaining("The head of record 2 was shipped, but the log ends with 0."),
  });
  writeFileSync(file, "{}\n");
  expect(await audit("verify", file)).toMatchObject({ code: 2, output: expect.stringContaining("line 1: not a head") });
});
