import { afterAll, beforeAll, expect, test } from "vitest";
import { users } from "#drizzle/schema/users.ts";
import { changeDestination } from "#lib/oauth/credential-edits/rebind.ts";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { openTestBrowser } from "#scripts/test-browser.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { startTestProvider, type TestProvider } from "#scripts/test-provider.ts";
import { setUpSandbox } from "#scripts/test-sandbox.ts";
import { readSignInEvents, serveSignIn, storeProfile, whoIs } from "#scripts/test-sign-in.ts";

// Attacks by a provider, or a credential, on the users of another one.

setUpTestDatabase();
const sandbox = setUpSandbox();
const portal = serveSignIn();
let good: TestProvider;
let evil: TestProvider;
beforeAll(async () => {
  good = await startTestProvider(sandbox.current.caFile);
  evil = await startTestProvider(sandbox.current.caFile);
});
afterAll(() => Promise.all([good.close(), evil.close()]));

const open = () => openTestBrowser(sandbox.current.caFile);
const authorize = (id: string) => `${portal.url}/api/credentials/${id}/authorize`;
const client = { provider: "generic", clientId: "portal", clientSecret: "secret" } as const;
const profileOf = ({ origin, issuer }: TestProvider) =>
  storeProfile({ ...client, endpointUrl: `${origin}/p/token`, issuer });
const keysOf = ({ origin }: TestProvider) => ({
  endpointUrl: `${origin}/p/token`,
  authorizationUrl: `${origin}/p/authorize`,
  jwksUrl: `${origin}/p/jwks`,
});

test("a discovery document that names another provider's issuer signs nobody in", async () => {
  const discoveryUrl = `${evil.origin}/p/.well-known/openid-configuration`;
  const profile = await storeProfile({ ...client, endpointUrl: `${evil.origin}/p/token`, discoveryUrl });
  evil.behaviour = {
    discovery: { issuer: good.issuer },
    claims: (claims) => ({ ...claims, iss: good.issuer }),
    iss: good.issuer,
  };
  const browser = open();
  await browser.visit(authorize(profile.id));
  expect(await whoIs(browser, portal)).toBeNull();
  expect((await readSignInEvents(profile.id)).at(-1)).toMatchObject({ outcome: "failed", errorCode: "invalid_input" });
  evil.behaviour = {};
  const changed = { discoveryUrl: `${discoveryUrl}?honest` };
  await inTransaction((tx) => changeDestination(tx, profile.id, changed));
  const honest = open();
  await honest.visit(authorize(profile.id));
  expect(await whoIs(honest, portal)).not.toBeNull();
});

test("a second credential with the issuer of another one and other keys is refused, and names it", async () => {
  const first = await profileOf(good);
  const second = storeProfile({ ...client, issuer: good.issuer, ...keysOf(evil) });
  await expect(second).rejects.toMatchObject({
    code: "invalid_input",
    fields: [{ field: "issuer", message: expect.stringContaining("An issuer belongs to one provider") }],
  });
  await expect(second).rejects.toThrow(/The credential “/);
  expect(first.id).not.toBe("");
});

test("of two credentials from before that rule, the newer one signs nobody in", async () => {
  await profileOf(good);
  const rogue = await profileOf(evil);
  const changed = { issuer: good.issuer, ...keysOf(evil) };
  await inTransaction((tx) => changeDestination(tx, rogue.id, changed));
  evil.behaviour = { claims: (claims) => ({ ...claims, iss: good.issuer }), iss: good.issuer };
  const before = await getDb().$count(users);
  const browser = open();
  await browser.visit(authorize(rogue.id));
  expect(await whoIs(browser, portal)).toBeNull();
  expect((await readSignInEvents(rogue.id)).at(-1)).toMatchObject({ errorCode: "issuer_taken" });
  expect(await getDb().$count(users)).toBe(before);
  evil.behaviour = {};
});
