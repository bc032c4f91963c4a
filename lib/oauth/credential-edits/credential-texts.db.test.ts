import { eq, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { beforeAll, expect, test } from "vitest";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { listAllEvents } from "#lib/oauth/credential-lists/list-all-events.ts";
import { listCredentials } from "#lib/oauth/credential-lists/list-credentials.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";

setUpTestDatabase();

const ctx = systemContext("test");
const ids = { orders: v7(), stock: v7() };

beforeAll(async () => {
  const base = { type: "application", provider: "generic" } as const;
  await getDb()
    .insert(credentials)
    .values([
      {
        ...base,
        id: ids.orders,
        name: "Örders_100%",
        clientId: "CLIENT-a",
        endpointUrl: "https://one.example:8443/token",
        owner: "Team Nord",
      },
      { ...base, id: ids.stock, name: "Stock", clientId: "client-b", endpointUrl: "https://two.example/token" },
    ]);
  for (const credentialId of Object.values(ids)) {
    await getDb().insert(credentialEvents).values({
      id: v7(),
      credentialId,
      credentialVersion: 1,
      kind: "token_request",
      cause: "Anna",
      outcome: "failed",
      durationMs: 5,
    });
  }
});

const find = async (q: string) => (await listCredentials(ctx, { q })).items.map(({ name }) => name);
const failedAt = async (host: string) =>
  (await listAllEvents(ctx, { kind: "token", outcome: "failed", host })).items.map((event) => event.credentialName);
const readRow = async (id: string) =>
  (
    await getDb().execute<{ text: string; host: string; xmin: string }>(
      sql`select text, host, xmin::text from credential_texts where credential_id = ${id}`,
    )
  ).rows;

test.each([
  ["öRD", ["Örders_100%"]],
  ["client-", ["Stock", "Örders_100%"]],
  ["CLIENT-B", ["Stock"]],
  ["one.EXAMPLE:8443", ["Örders_100%"]],
  ["m nord", ["Örders_100%"]],
  ["s_1", ["Örders_100%"]],
  ["s_o", []],
  ["0%", ["Örders_100%"]],
  ["%", ["Örders_100%"]],
  ["\\", []],
  ["100%client", []],
])("a search for %s looks through name, client ID, endpoint URL and owner, in any case", async (q, names) => {
  expect(await find(q)).toEqual(names);
});

test("the failures of a provider are those of the credentials that ask it", async () => {
  expect(await failedAt("one.example:8443")).toEqual(["Örders_100%"]);
  expect(await failedAt("one.example")).toEqual([]);
});

test("a renewal leaves the texts alone, an edit changes them at once", async () => {
  const before = await readRow(ids.stock);
  const ofStock = eq(credentials.id, ids.stock);
  await getDb().update(credentials).set({ status: "active", tokenExpiresAt: new Date(), name: "Stock" }).where(ofStock);
  expect(await readRow(ids.stock)).toEqual(before);
  await getDb()
    .update(credentials)
    .set({ name: "Lager", clientId: "x", endpointUrl: "https://three.example/token", owner: "Ines" })
    .where(ofStock);
  expect(await Promise.all(["stock", "client-b", "two.ex", "lager", "three.ex", "ines"].map(find))).toEqual([
    [],
    [],
    [],
    ["Lager"],
    ["Lager"],
    ["Lager"],
  ]);
  expect([await failedAt("two.example"), await failedAt("three.example")]).toEqual([[], ["Lager"]]);
});

test("what is deleted is not found any longer", async () => {
  await getDb().delete(credentials).where(eq(credentials.id, ids.stock));
  expect(await readRow(ids.stock)).toEqual([]);
  expect(await find("lager")).toEqual([]);
});
