import { getTableName, sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { changeCounter } from "#drizzle/schema/change-counter.ts";
import { credentialChecks } from "#drizzle/schema/credential-checks.ts";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { credentialDraft } from "#lib/oauth/credential-edits/open-draft.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { entraInput, genericInput, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { checkCredential } from "./check-credential.ts";
import { checkDraft } from "./check-draft.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();

/** Everything that a check might leave behind. */
async function readAll(): Promise<string> {
  const tables = [credentials, credentialEvents, credentialChecks, tokens, auditRecords, changeCounter];
  const rows = [];
  for (const table of tables) {
    rows.push((await getDb().execute(sql`select * from ${table} order by 1, 2`)).rows, getTableName(table));
  }
  return JSON.stringify(rows);
}
let before = "";
const check = async (draft: Record<string, unknown>, ctx: Context = tester) => {
  before = await readAll();
  return checkDraft(ctx, credentialDraft.parse(draft));
};
beforeEach(() => {
  before = "";
});
const nameless = <T extends { name: string }>({ name: _, ...values }: T) => values;
const failedOf = (steps: { verdict: string }[]) => steps.filter(({ verdict }) => verdict === "fail");

test.each([
  ["Entra", () => entraInput(sandbox.current)],
  ["another provider", () => genericInput(sandbox.current)],
])("right values for %s pass before they are saved, name or not, and nothing is stored", async (_, input) => {
  const result = await check(nameless(input()));
  expect(result).toMatchObject({ status: "active", statusField: null, checkedBy: "Tester" });
  expect(failedOf(result.steps)).toEqual([]);
  expect(result.steps.map(({ step }) => step)).toContain("tls");
  expect(result.report).toContain("“not saved yet”: passed");
  expect(await readAll()).toBe(before);
});

test("a wrong secret is named at its field, and nothing is stored", async () => {
  const result = await check(entraInput(sandbox.current, { clientSecret: "canary-wrong-secret" }));
  expect(result).toMatchObject({ status: "action_needed", statusField: "clientSecret" });
  expect(failedOf(result.steps)).toMatchObject([
    { step: "client", field: "clientSecret", link: { label: expect.stringMatching(/Certificates & secrets/) } },
  ]);
  expect(JSON.stringify(result)).not.toContain("canary");
  expect(await readAll()).toBe(before);
});

test("values that can't be saved can't be checked: the fields are named", async () => {
  await expect(check({ type: "application", endpointUrl: "https://example.com/token" })).rejects.toMatchObject({
    code: "invalid_input",
    fields: expect.arrayContaining([expect.objectContaining({ field: "clientId" })]),
  });
  const input = { ...genericInput(sandbox.current), endpointUrl: "http://provider.example.com/token" };
  expect(credentialDraft.safeParse(input).success).toBe(false);
  const withoutSecret = { ...nameless(genericInput(sandbox.current)), clientSecret: null };
  await expect(check(withoutSecret)).rejects.toMatchObject({ fields: [{ field: "clientSecret" }] });
});

test("an edit is checked with the stored secret, where that may go", async () => {
  const saved = await store(genericInput(sandbox.current));
  await checkCredential(tester, saved.id);
  expect(await check({ id: saved.id, version: 1, refreshIntervalSeconds: 90 })).toMatchObject({ status: "active" });
  expect(await readAll()).toBe(before);
  expect(await check({ id: saved.id, scope: "nothing.read" })).toMatchObject({
    status: "action_needed",
    statusField: "scope",
  });
  expect(await check({ id: saved.id })).toMatchObject({ status: "active" });
  expect(await check({ id: saved.id, clientSecret: "wrong" })).toMatchObject({ statusField: "clientSecret" });
  expect(await readAll()).toBe(before);
});

test("a stored secret is never sent to another server: it has to be entered again, as for saving", async () => {
  const saved = await store(genericInput(sandbox.current));
  const asked = async () => (await sandbox.current.control.countTokenRequests({ clientId: saved.clientId })).total;
  const was = await asked();
  const elsewhere = sandbox.current.genericTokenEndpoint.replace("localhost", "127.0.0.1");
  await expect(check({ id: saved.id, endpointUrl: elsewhere })).rejects.toMatchObject({
    code: "invalid_input",
    fields: [{ field: "clientSecret", message: expect.stringMatching(/never sent to another server/) }],
  });
  expect(await asked()).toBe(was);
  expect(await readAll()).toBe(before);
  const { clientSecret } = sandbox.current.clients.generic;
  expect(await check({ id: saved.id, endpointUrl: elsewhere, clientSecret })).toMatchObject({ status: "active" });
});

test("a User credential's values are checked without a sign-in", async () => {
  const { clientId, clientSecret } = sandbox.current.clients.workbench;
  const values = entraInput(sandbox.current, { type: "user", clientId, clientSecret, scope: "openid profile" });
  const result = await check(values);
  expect(result).toMatchObject({ status: "active" });
  expect(result.steps.at(-1)).toMatchObject({ step: "sign_in", verdict: "skipped" });
  expect(await check({ ...values, clientSecret: "wrong-secret" })).toMatchObject({ statusField: "clientSecret" });
  expect(await readAll()).toBe(before);
});

test("only who may save may check what is not saved", async () => {
  const saved = await store(genericInput(sandbox.current));
  for (const role of ["lead", "engineer", "operator"] as const) {
    const ctx: Context = { ...tester, grants: [{ role, nodeId: null }] };
    await expect(check({ id: saved.id }, ctx)).rejects.toMatchObject({ code: "forbidden" });
    await expect(check(genericInput(sandbox.current), ctx)).rejects.toMatchObject({ code: "forbidden" });
  }
  await expect(check({ id: crypto.randomUUID() })).rejects.toMatchObject({ code: "not_found" });
  await expect(check({ id: saved.id, version: 7 })).rejects.toMatchObject({ code: "stale_version" });
});
