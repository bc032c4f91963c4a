import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTokenLimits } from "#scripts/set-up-token-limits.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { entraInput, genericInput, readRow, setUpSandbox, store, subjectOf } from "#scripts/test-sandbox.ts";
import { createTokenCache } from "./get-token.ts";
import { requestToken } from "./request-token.ts";

setUpTestDatabase();
setUpTokenLimits();
const sandbox = setUpSandbox();
const cause = { cause: "trigger Test" };

function createCache(now: () => number = Date.now) {
  return createTokenCache({ now, random: Math.random, requestToken });
}

const cases = [
  ["Entra with client_secret_post", () => entraInput(sandbox.current)],
  [
    "Entra with client_secret_basic",
    () => entraInput(sandbox.current, { clientAuthentication: "client_secret_basic" }),
  ],
  ["another provider with client_secret_post", () => genericInput(sandbox.current)],
  [
    "another provider with client_secret_basic",
    () => genericInput(sandbox.current, { clientAuthentication: "client_secret_basic" }),
  ],
] as const;

test.each(cases)("gets a token from %s that the service takes, and keeps it", async (_, input) => {
  const credential = await store(input());
  const cache = createCache();
  const token = await cache.getToken(subjectOf(credential), cause);
  expect(token).toMatchObject({ source: "acquired", generation: 1, credentialVersion: 1, credentialId: credential.id });

  const answer = await fetch(`${sandbox.current.serviceUrl}/orders`, {
    headers: { authorization: `Bearer ${token.accessToken}` },
  });
  expect(answer.status).toBe(200);

  const again = cache.getToken(subjectOf(credential), cause);
  expect(again).not.toBeInstanceOf(Promise);
  expect(again).toMatchObject({ source: "cache", accessToken: token.accessToken });
  expect(await createCache().getToken(subjectOf(credential), cause)).toMatchObject({
    source: "cache",
    accessToken: token.accessToken,
  });
  const row = await readRow(credential.id);
  expect(row).toMatchObject({ status: "active", workedVersion: 1, failures: 0 });
  expect(row.tokenExpiresAt?.getTime()).toBe(token.expiresAt);
  const events = await getDb().select().from(credentialEvents).where(eq(credentialEvents.credentialId, credential.id));
  expect(events).toMatchObject([{ kind: "token_request", outcome: "succeeded", cause: "trigger Test", proxy: "none" }]);
  const [stored] = await getDb().select().from(tokens).where(eq(tokens.credentialId, credential.id));
  expect(stored?.accessTokenEnvelope).toMatch(/^v2\./);
});
