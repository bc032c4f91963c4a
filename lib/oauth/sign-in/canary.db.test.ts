import { afterAll, beforeAll, expect, test } from "vitest";
import { dumpDatabase } from "#scripts/dump-database.ts";
import { formsOf } from "#scripts/secret-forms.ts";
import { openTestBrowser } from "#scripts/test-browser.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { startTestProvider, type TestProvider } from "#scripts/test-provider.ts";
import { setUpSandbox } from "#scripts/test-sandbox.ts";
import { serveSignIn, storeProfile, whoIs } from "#scripts/test-sign-in.ts";

// Whether what a sign-in must keep to itself can be found anywhere afterwards: in the database or in the log.

setUpTestDatabase();
const sandbox = setUpSandbox();
const portal = serveSignIn();
process.env.SALLYPORT_LOG_LEVEL = "debug";
let provider: TestProvider;
let lines = "";
const write = process.stdout.write;
beforeAll(async () => {
  provider = await startTestProvider(sandbox.current.caFile);
  process.stdout.write = ((chunk: string | Uint8Array, ...rest: []) => {
    lines += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    return write.call(process.stdout, chunk, ...rest);
  }) as typeof write;
});
afterAll(async () => {
  process.stdout.write = write;
  await provider.close();
});

test("codes, tokens, the client secret, state and nonce are nowhere readable after sign-ins that worked and that did not", async () => {
  const clientSecret = "canary-client-secret-4711";
  const accessToken = "canary-access-token-4711";
  const settings = { endpointUrl: `${provider.origin}/p/token`, issuer: provider.issuer, clientId: "portal" };
  const profile = await storeProfile({ provider: "generic", ...settings, clientSecret });
  const url = `${portal.url}/api/credentials/${profile.id}/authorize`;
  provider.behaviour = { accessToken: () => accessToken };
  const browser = openTestBrowser(sandbox.current.caFile);
  await browser.visit(url);
  expect(await whoIs(browser, portal)).not.toBeNull();
  for (const behaviour of [
    { sign: "stranger" },
    { tokenError: { error: "invalid_grant", error_description: `echo ${clientSecret}` } },
    { tokenError: { error: "server_error", error_description: `echo ${clientSecret}` } },
    { accessToken: () => "with spaces and so no token at all" },
  ] as TestProvider["behaviour"][]) {
    provider.behaviour = behaviour;
    await openTestBrowser(sandbox.current.caFile).visit(url);
  }
  const asked = provider.requests.flatMap((query) => [query.get("state"), query.get("nonce")]);
  const secrets = [clientSecret, accessToken, "a-refresh-token", ...provider.codes, ...asked];
  expect(secrets.length).toBeGreaterThan(12);
  const dump = Object.entries(await dumpDatabase());
  for (const secret of secrets) {
    for (const [form, text] of Object.entries(formsOf(secret ?? ""))) {
      for (const [table, rows] of dump) expect(rows.includes(text), `${secret} (${form}) in ${table}`).toBe(false);
      expect(lines.includes(text), `${secret} (${form}) in the log`).toBe(false);
    }
  }
  expect(dump.find(([name]) => name === "sign_in_attempts")?.[1]).toContain(profile.id);
});
