import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { type CredentialInput, credentialInput, credentialUpdate } from "#lib/oauth/credentials/schema.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { entraInput, genericInput, readRow, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { type Listening, listen, startProxy } from "#scripts/test-servers.ts";
import { checkCredential } from "./check-credential.ts";
import { createAndCheckCredential, enableAndCheckCredential, updateAndCheckCredential } from "./save-and-check.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();

const create = (input: CredentialInput) => createAndCheckCredential(tester, credentialInput.parse(input));
const countRequests = async (clientId: string) =>
  (await sandbox.current.control.countTokenRequests({ clientId })).total;
const listVerdicts = (steps: { step: string; verdict: string }[]) =>
  steps.map(({ step, verdict }) => `${step} ${verdict}`);
const readEvents = (id: string) =>
  getDb().select().from(credentialEvents).where(eq(credentialEvents.credentialId, id)).orderBy(credentialEvents.id);

test.each([
  ["Entra", () => entraInput(sandbox.current)],
  ["another provider", () => genericInput(sandbox.current)],
])("saving a right credential of %s makes it active", async (_, input) => {
  const saved = await create(input());
  expect(saved).toMatchObject({ status: "active", statusField: null, errorCode: null });
  expect(Date.parse(saved.tokenExpiresAt!)).toBeGreaterThan(Date.now());
  expect(Date.parse(saved.nextCheckAt!)).toBeGreaterThan(Date.now());
  expect(await readEvents(saved.id)).toMatchObject([{ kind: "check", cause: "Tester", outcome: "succeeded" }]);
  const result = await checkCredential(tester, saved.id);
  expect(result.status).toBe("active");
  expect(listVerdicts(result.steps)).toEqual([
    "configuration pass",
    "name_resolution pass",
    "proxy skipped",
    "tcp pass",
    "tls pass",
    "token_endpoint pass",
    "client pass",
    "scope pass",
    "token pass",
    "clock pass",
  ]);
  expect(await readEvents(saved.id)).toHaveLength(2);
});

type Fault = [name: string, input: () => CredentialInput, field: string, code: string | null, says: RegExp];
const faults: Fault[] = [
  [
    "a wrong secret at Entra",
    () => entraInput(sandbox.current, { clientSecret: "wrong-secret" }),
    "clientSecret",
    "invalid_client",
    /client secret is wrong/,
  ],
  [
    "an expired secret at Entra",
    () => {
      const { clientId, clientSecret } = sandbox.current.clients.expiredSecret;
      return entraInput(sandbox.current, { clientId, clientSecret });
    },
    "clientSecret",
    "invalid_client",
    /secret has expired/,
  ],
  [
    "an unknown client at Entra",
    () => entraInput(sandbox.current, { clientId: "00000000-0000-4000-8000-000000000000" }),
    "clientId",
    "unauthorized_client",
    /no application with this client ID/,
  ],
  [
    "a scope that Entra does not have",
    () => entraInput(sandbox.current, { scope: "api://nothing/.default" }),
    "scope",
    "invalid_resource",
    /no resource of the name/,
  ],
  [
    "a tenant that does not exist",
    () =>
      entraInput(sandbox.current, {
        endpointUrl: sandbox.current.tokenEndpoint.replace(sandbox.current.tenantId, crypto.randomUUID()),
      }),
    "endpointUrl",
    "invalid_request",
    /no such tenant/,
  ],
  [
    "a wrong secret elsewhere",
    () => genericInput(sandbox.current, { clientSecret: "wrong-secret" }),
    "clientSecret",
    "invalid_client",
    /does not accept the client ID and its secret/,
  ],
  [
    "a scope that is not known elsewhere",
    () => genericInput(sandbox.current, { scope: "nothing.read" }),
    "scope",
    "invalid_scope",
    /does not accept the scope/,
  ],
];
test.each(faults)("%s needs action, and the field is named", async (_, input, statusField, providerCode, says) => {
  const saved = await create(input());
  expect(saved).toMatchObject({
    status: "action_needed",
    statusField,
    errorCode: "token_request_refused",
    providerCode,
  });
  expect(saved.statusReason).toMatch(says);
  const [event] = await readEvents(saved.id);
  expect(event).toMatchObject({ outcome: "failed", providerCode, errorCode: "token_request_refused" });
  expect(event?.description).toMatch(/\w/);
  expect(JSON.stringify(event)).not.toContain("wrong-secret");
  if (saved.provider === "entra") expect(event?.correlationId).toMatch(/\w/);
});

type Outage = [string, Parameters<typeof sandbox.current.control.setFault>[0], "degraded" | "action_needed", string];
const outages: Outage[] = [
  ["503", { mode: "status", status: 503 }, "degraded", "token_endpoint_unavailable"],
  ["429", { mode: "too_many_requests" }, "degraded", "token_endpoint_unavailable"],
  ["HTML", { mode: "html", status: 200 }, "degraded", "token_response_invalid"],
  ["an empty 200", { mode: "empty" }, "degraded", "token_response_invalid"],
  ["a cut connection", { mode: "reset" }, "action_needed", "connection_failed"],
  ["an empty 403", { mode: "empty", status: 403 }, "action_needed", "token_request_refused"],
  [
    "503 with an error",
    { mode: "status", status: 503, error: "invalid_client" },
    "degraded",
    "token_endpoint_unavailable",
  ],
];
test.each(outages)(
  "a provider that answers %s is told apart from a wrong credential",
  async (_, fault, status, code) => {
    await sandbox.current.control.setFault(fault);
    const saved = await create(genericInput(sandbox.current));
    expect(saved).toMatchObject({ status, errorCode: code });
    if (code === "token_request_refused") {
      expect(saved.statusReason).toContain(
        "he token endpoint answered 403 and gave no reason: client id, secret, authentication method or scope",
      );
    }
  },
);

test("an empty 403 of a version that has worked is degraded first, and needs action after 15 minutes", async () => {
  const saved = await create(genericInput(sandbox.current));
  await sandbox.current.control.setFault({ mode: "empty", status: 403 });
  expect(await checkCredential(tester, saved.id)).toMatchObject({ status: "degraded" });
  const before = new Date(Date.now() - 15 * 60_000 - 1000);
  await getDb()
    .update(credentials)
    .set({ failingSince: before, unexplainedSince: before })
    .where(eq(credentials.id, saved.id));
  expect(await checkCredential(tester, saved.id)).toMatchObject({ status: "action_needed" });
  expect(await readRow(saved.id)).toMatchObject({ failures: 2, failingSince: before });
  await sandbox.current.control.clearFaults();
  expect(await checkCredential(tester, saved.id)).toMatchObject({ status: "active" });
});

test("a check asks at once, although the provider is given a rest", async () => {
  const saved = await create(genericInput(sandbox.current, { clientSecret: "wrong" }));
  const result = await checkCredential(tester, saved.id, { cause: "Anna" });
  expect(await countRequests(saved.clientId)).toBe(2);
  expect((await readEvents(saved.id)).at(-1)?.cause).toBe("Anna");
  expect(listVerdicts(result.steps).slice(4)).toEqual([
    "tls pass",
    "token_endpoint pass",
    "client fail",
    "scope skipped",
    "token skipped",
    "clock skipped",
  ]);
  expect(result.steps[6]).toMatchObject({ field: "clientSecret", hint: expect.stringMatching(/Client secret/) });
});

test("a credential whose secret runs out within 30 days is expiring, with the days", async () => {
  const secretExpiresOn = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
  expect(await create(genericInput(sandbox.current, { secretExpiresOn }))).toMatchObject({ status: "expiring" });
});

test("an edit of what matters is checked at once, an edit of the name is not", async () => {
  const saved = await create(genericInput(sandbox.current));
  const renamed = await updateAndCheckCredential(
    tester,
    saved.id,
    credentialUpdate.parse({ version: 1, name: "Renamed" }),
  );
  expect(renamed).toMatchObject({ status: "active", version: 2 });
  expect(await countRequests(saved.clientId)).toBe(1);
  const wrong = credentialUpdate.parse({ version: 2, clientSecret: "wrong" });
  expect(await updateAndCheckCredential(tester, saved.id, wrong)).toMatchObject({
    status: "action_needed",
    version: 3,
  });
  const { clientSecret } = sandbox.current.clients.generic;
  const repaired = credentialUpdate.parse({ version: 3, clientSecret });
  expect(await updateAndCheckCredential(tester, saved.id, repaired)).toMatchObject({ status: "active", version: 4 });
});

test("disabling does not ask the provider, enabling does; a disabled one can't be checked", async () => {
  const saved = await create(genericInput(sandbox.current));
  expect(await enableAndCheckCredential(tester, saved.id, false)).toMatchObject({ status: "disabled" });
  const result = await checkCredential(tester, saved.id);
  expect(result.status).toBe("disabled");
  expect(result.steps.map(({ verdict }) => verdict)).toEqual(["fail", ...Array(9).fill("skipped")]);
  expect(await countRequests(saved.clientId)).toBe(1);
  expect(await enableAndCheckCredential(tester, saved.id, true)).toMatchObject({ status: "active" });
});

describe.each([
  [
    "Entra ID",
    (overrides: Partial<CredentialInput> = {}) => {
      const { clientId, clientSecret } = sandbox.current.clients.workbench;
      return entraInput(sandbox.current, {
        type: "user",
        clientId,
        clientSecret,
        scope: "openid profile",
        ...overrides,
      });
    },
  ],
  [
    "another provider",
    (overrides: Partial<CredentialInput> = {}) => {
      const { clientId, clientSecret } = sandbox.current.clients.genericWorkbench;
      const user = { type: "user", clientId, clientSecret, scope: "openid", tokenParameters: {} } as const;
      return genericInput(sandbox.current, { ...user, issuer: sandbox.current.genericIssuer, ...overrides });
    },
  ],
])("a User credential of %s is checked without a sign-in", (_, input) => {
  test("and passes up to the sign-in itself", async () => {
    const saved = await create(input());
    expect(saved).toMatchObject({ status: "active", statusField: null });
    const result = await checkCredential(tester, saved.id, { cause: "Anna" });
    expect(listVerdicts(result.steps)).toEqual([
      "configuration pass",
      "name_resolution pass",
      "proxy skipped",
      "tcp pass",
      "tls pass",
      "metadata pass",
      "keys pass",
      "token_endpoint pass",
      "client pass",
      "redirect_uri pass",
      "clock pass",
      "sign_in skipped",
    ]);
    expect(result.steps[9]?.detail).toContain("/api/credentials/callback");
    expect((await readEvents(saved.id)).at(-1)).toMatchObject({ kind: "check", cause: "Anna", outcome: "succeeded" });
  });

  test("and a wrong secret is told from the wrong code", async () => {
    const saved = await create(input({ clientSecret: "wrong-secret" }));
    expect(saved).toMatchObject({
      status: "action_needed",
      statusField: "clientSecret",
      providerCode: "invalid_client",
    });
    const { steps } = await checkCredential(tester, saved.id);
    expect(listVerdicts(steps).slice(-5)).toEqual([
      "token_endpoint pass",
      "client fail",
      "redirect_uri skipped",
      "clock skipped",
      "sign_in skipped",
    ]);
    expect(steps[8]).toMatchObject({ field: "clientSecret", hint: expect.stringMatching(/secret/i) });
  });

  test("and an unknown client too", async () => {
    const saved = await create(input({ clientId: "00000000-0000-4000-8000-000000000000" }));
    expect(saved).toMatchObject({ status: "action_needed", errorCode: "token_request_refused" });
  });

  test("and another issuer, sign-in page or set of keys than the provider's own is named", async () => {
    const { idpUrl } = sandbox.current;
    for (const [field, wrong] of [
      ["issuer", `${idpUrl}/another`],
      ["authorizationUrl", `${idpUrl}/elsewhere/authorize`],
    ] as const) {
      const discoveryUrl = `${(input().issuer as string) ?? sandbox.current.issuer}/.well-known/openid-configuration`;
      const jwksUrl = `${sandbox.current.authority}/discovery/v2.0/keys`;
      // Those of the tests before have the provider's own settings for the same issuer.
      await getDb().delete(credentials).where(eq(credentials.type, "user"));
      const more = field === "authorizationUrl" ? { jwksUrl } : {};
      const saved = await create(input({ discoveryUrl, [field]: wrong, ...more }));
      expect(saved).toMatchObject({ status: "action_needed", statusField: field });
    }
    await getDb().delete(credentials).where(eq(credentials.type, "user"));
  });

  test("and a redirect URI that isn't registered is found without a user", async () => {
    const saved = await create(input());
    process.env.SALLYPORT_URL = "https://elsewhere.example.com";
    try {
      const { status, steps } = await checkCredential(tester, saved.id);
      expect(status).toBe("action_needed");
      expect(listVerdicts(steps).slice(-4)).toEqual([
        "client pass",
        "redirect_uri fail",
        "clock skipped",
        "sign_in skipped",
      ]);
      expect(steps[9]?.hint).toMatch(/register/i);
    } finally {
      delete process.env.SALLYPORT_URL;
    }
  });

  test("and an outage of the provider is no fault of the credential", async () => {
    const saved = await create(input());
    await sandbox.current.control.setFault({ mode: "status", status: 503 });
    expect(await checkCredential(tester, saved.id)).toMatchObject({ status: "degraded" });
    await sandbox.current.control.clearFaults();
    expect(await checkCredential(tester, saved.id)).toMatchObject({ status: "active" });
  });
});

describe("a provider whose errors aren't RFC 6749's", () => {
  let provider: Listening;
  let refusal: [status: number, body: string] = [400, ""];
  beforeAll(async () => {
    provider = await listen((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://provider");
      if (pathname === "/jwks") return void response.end('{"keys":[{"kty":"RSA","use":"sig"}]}');
      if (pathname === "/authorize") return void response.end("<h1>Sign in</h1>");
      response.writeHead(refusal[0], { "content-type": "application/json" }).end(refusal[1]);
    });
  });
  afterAll(() => provider.close());
  const save = () => {
    const origin = `http://127.0.0.1:${provider.port}`;
    const urls = { endpointUrl: `${origin}/token`, authorizationUrl: `${origin}/authorize`, jwksUrl: `${origin}/jwks` };
    return create({ ...genericInput(sandbox.current), ...urls, issuer: `${origin}/${randomUUID()}`, type: "user" });
  };

  test.each([
    ["invalid_code", [400, '{"error":"invalid_code"}']],
    ["a 403 without a reason", [403, ""]],
    ["GitHub's code for a dummy code", [200, '{"error":"bad_verification_code"}']],
  ] as const)("leaves a credential unverified after %s, with correct values", async (_, answer) => {
    refusal = [...answer];
    const saved = await save();
    expect(saved).toMatchObject({ status: "unverified", statusReason: expect.stringContaining("dummy code") });
    const { steps, report } = await checkCredential(tester, saved.id);
    expect(listVerdicts(steps).slice(-4)).toEqual([
      "client skipped",
      "redirect_uri skipped",
      "clock pass",
      "sign_in skipped",
    ]);
    expect(report).toContain("passed, not verified: Client, Redirect URI");
    expect(report).toContain("[?   ] Client");
    expect(steps.filter(({ verdict }) => verdict === "skipped").slice(-3)).not.toContainEqual(
      expect.objectContaining({ hint: null }),
    );
  });

  test("keeps a credential active that has worked", async () => {
    refusal = [400, '{"error":"invalid_grant"}'];
    const saved = await save();
    expect(saved.status).toBe("active");
    refusal = [400, '{"error":"invalid_code"}'];
    expect(await checkCredential(tester, saved.id)).toMatchObject({ status: "active" });
  });

  test.each([
    ["invalid_client", [400, '{"error":"invalid_client"}']],
    ["GitHub's code for an invalid secret", [200, '{"error":"incorrect_client_credentials"}']],
    ["a 401 without a reason", [401, ""]],
  ] as const)("still reports an invalid client: %s", async (_, answer) => {
    refusal = [...answer];
    const saved = await save();
    expect(saved).toMatchObject({ status: "action_needed" });
    const { steps } = await checkCredential(tester, saved.id);
    expect(listVerdicts(steps)).toContain("client fail");
  });
});

test("a disabled User credential can't be checked, and no step but the configuration is looked at", async () => {
  const { clientId, clientSecret } = sandbox.current.clients.workbench;
  const saved = await create(entraInput(sandbox.current, { type: "user", clientId, clientSecret, scope: "openid" }));
  await enableAndCheckCredential(tester, saved.id, false);
  const { steps } = await checkCredential(tester, saved.id);
  expect(steps.map(({ verdict }) => verdict)).toEqual(["fail", ...Array(11).fill("skipped")]);
});

test("only who may check credentials can", async () => {
  const saved = await store(genericInput(sandbox.current));
  const operator: Context = { ...tester, grants: [{ role: "operator", nodeId: null }] };
  await expect(checkCredential(operator, saved.id)).rejects.toMatchObject({ code: "forbidden" });
  expect(await countRequests(saved.clientId)).toBe(0);
});

test.each([
  ["Entra", entraInput],
  ["another provider", genericInput],
])(
  "a credential of %s goes through its own proxy with user and password, and the event log says so",
  async (_, input) => {
    const proxy = await startProxy({ credentials: "anna:proxy-secret" });
    const settings = { mode: "manual", url: `http://localhost:${proxy.port}`, username: "anna", bypass: [] } as const;
    const manual = (password: string) => ({ ...settings, bypass: [], password });
    const saved = await create(input(sandbox.current, { proxy: manual("proxy-secret") }));
    expect(saved.status).toBe("active");
    expect(proxy.asked).toEqual([`CONNECT ${new URL(sandbox.current.idpUrl).host}`]);
    expect(await readEvents(saved.id)).toMatchObject([{ proxy: `http://localhost:${proxy.port}` }]);

    const refused = await create(input(sandbox.current, { proxy: manual("other-secret") }));
    expect(refused).toMatchObject({
      status: "action_needed",
      statusField: "proxy.password",
      errorCode: "proxy_authentication_required",
    });
    const events = await readEvents(refused.id);
    expect(events).toMatchObject([
      { proxy: `http://localhost:${proxy.port}`, errorCode: "proxy_authentication_required" },
    ]);
    expect(JSON.stringify([refused, events])).not.toContain("other-secret");
    await proxy.close();
  },
);
