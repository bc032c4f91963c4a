import { eq, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { expect, test } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { countCredentials } from "#lib/oauth/credential-lists/count-credentials.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";

setUpTestDatabase();

const ctx = systemContext("test");
const id = v7();
const ofId = eq(credentials.id, id);
const set = (values: Partial<typeof credentials.$inferInsert>) => getDb().update(credentials).set(values).where(ofId);

/** What is counted of credentials that they don't have, or the other way round. */
async function findDifferences(): Promise<unknown[]> {
  const plain = sql`select id, secret_ends_at, owner <> '', status, coalesce(provider_code, error_code, ''), created_at from credentials`;
  const counted = sql`select * from credential_states`;
  const { rows } = await getDb().execute(
    sql`(${plain} except all ${counted}) union all (${counted} except all ${plain})`,
  );
  return rows;
}

async function readRowVersion(): Promise<unknown> {
  return (await getDb().execute(sql`select xmin::text, ctid::text from credential_states where credential_id = ${id}`))
    .rows[0];
}

test("what is counted follows each change of a credential at once", async () => {
  await getDb().insert(credentials).values({
    id,
    name: "Orders",
    type: "application",
    provider: "generic",
    endpointUrl: "https://one.example/token",
    clientId: "a",
  });
  for (const change of [
    { status: "action_needed", providerCode: "invalid_client", errorCode: "token_request_refused" },
    { providerCode: null },
    { owner: "Ines" },
    { secretEndsAt: new Date() },
    { status: "active", errorCode: null, owner: "" },
    { secretEndsAt: null },
  ] as const) {
    await set(change);
    expect(await findDifferences(), JSON.stringify(change)).toEqual([]);
  }
  expect(await countCredentials(ctx)).toEqual({ active: 1 });
});

test("a renewal that changes nothing but times leaves it alone", async () => {
  const before = await readRowVersion();
  const now = new Date();
  await set({ status: "active", errorCode: null, lastCheckedAt: now, nextCheckAt: now, tokenExpiresAt: now });
  expect(await readRowVersion()).toEqual(before);
});

test("what is deleted is not counted any longer", async () => {
  await getDb().delete(credentials).where(ofId);
  expect(await findDifferences()).toEqual([]);
  expect(await countCredentials(ctx)).toEqual({});
});
