import { eq, sql } from "drizzle-orm";
import { decodeJwt } from "jose";
import { beforeAll, expect, test } from "vitest";
import { tokens } from "#drizzle/schema/tokens.ts";
import { checkCredential } from "#lib/delivery/connection-check/check-credential.ts";
import { deleteTokens } from "#lib/oauth/credential-edits/carry-tokens.ts";
import { setCredentialEnabled } from "#lib/oauth/credential-edits/set-enabled.ts";
import { updateCredential } from "#lib/oauth/credential-edits/update-credential.ts";
import { getCredential } from "#lib/oauth/credential-lists/get-credential.ts";
import { findCredential } from "#lib/oauth/credentials/store.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import { setUpTokenLimits } from "#scripts/set-up-token-limits.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { genericInput, readRow, setUpSandbox, store, subjectOf, tester } from "#scripts/test-sandbox.ts";
import { createTokenCache } from "./get-token.ts";
import { tokenWaits } from "./limits.ts";
import { requestToken } from "./request-token.ts";
import { deleteOldTokens } from "./store.ts";

setUpTestDatabase();
setUpTokenLimits();
// The lease of a request that an edit overtook ends by itself.
beforeAll(() => Object.assign(tokenWaits, { leaseMs: 3000, extendLeaseMs: 750 }));
const sandbox = setUpSandbox();
const cause = { cause: "test" };

test("edits, checks, refused tokens, disabling and clearing beside token requests never deadlock or leave a wrong token", async () => {
  const credential = await store(genericInput(sandbox.current));
  const caches = Array.from({ length: 3 }, () =>
    createTokenCache({ now: Date.now, random: Math.random, requestToken }),
  );
  const expected = new Set(["credential_disabled", "stale_version"]);
  const surprises: unknown[] = [];
  const attempt = (work: () => unknown) =>
    Promise.resolve()
      .then(work)
      .catch((err) => {
        if (!isAppError(err) || !expected.has(err.code)) surprises.push(err);
      });
  for (let round = 0; round < 12; round++) {
    const now = await getCredential(tester, credential.id);
    const scope = round % 2 === 0 ? "orders.write" : "orders.read";
    await Promise.all([
      ...caches.map((cache) => attempt(() => cache.getToken(subjectOf(now), cause))),
      attempt(() => updateCredential(tester, credential.id, { version: now.version, scope })),
      ...caches.map((cache) => attempt(() => cache.getToken(subjectOf(now), cause))),
      attempt(() => checkCredential(tester, credential.id)),
      attempt(async () => {
        const token = await caches[0]!.getToken(subjectOf(now), cause);
        await caches[0]!.dropToken(subjectOf(now), token.generation);
      }),
      attempt(() => deleteOldTokens(getDb(), Date.now())),
      ...(round % 4 === 3 ? [attempt(() => setCredentialEnabled(tester, credential.id, false))] : []),
    ]);
    await attempt(() => setCredentialEnabled(tester, credential.id, true));
  }
  expect(surprises).toEqual([]);

  const last = await getCredential(tester, credential.id);
  for (const cache of caches) {
    const token = await cache.getToken(subjectOf(last), cause);
    expect(token.credentialVersion).toBe(last.version);
    expect(decodeJwt(token.accessToken).scope).toBe(last.scope);
  }
  expect(await readRow(credential.id)).toMatchObject({ status: "active", workedVersion: last.version });
  await deleteOldTokens(getDb(), Date.now());
  const rows = await getDb().select().from(tokens).where(eq(tokens.credentialId, credential.id));
  expect(rows).toMatchObject([{ credentialVersion: last.version, leaseHolder: null }]);
});

test("a token that comes in while an edit is under way waits for it, and neither is a victim of the other", async () => {
  const credential = await store(genericInput(sandbox.current));
  const cache = createTokenCache({ now: Date.now, random: Math.random, requestToken });
  const first = await cache.getToken(subjectOf(credential), cause);
  await cache.dropToken(subjectOf(credential), first.generation);
  const locked = Promise.withResolvers<void>();
  const mayGoOn = Promise.withResolvers<void>();
  const edit = inTransaction(async (tx) => {
    await findCredential(tx, credential.id, true);
    locked.resolve();
    await mayGoOn.promise;
    await deleteTokens(tx, credential.id);
  });
  await locked.promise;
  const second = cache.getToken(subjectOf(credential), cause);
  const waiting = async () => {
    const { rows } = await getDb().execute(
      sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.length;
  };
  await expect.poll(waiting).toBeGreaterThan(0);
  mayGoOn.resolve();
  await edit;
  expect(await second).toMatchObject({ generation: 1, source: "acquired" });
});
