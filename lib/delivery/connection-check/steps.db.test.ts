import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { createNode } from "#lib/access/nodes/create-node.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { updateCredential } from "#lib/oauth/credential-edits/update-credential.ts";
import { type CredentialInput, credentialUpdate } from "#lib/oauth/credentials/schema.ts";
import type { CheckStepName } from "#lib/oauth/explanations/step-names.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { testLimitMs } from "#scripts/test-limits.ts";
import { entraInput, genericInput, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { type Listening, listen, makeCertificates, startProxy } from "#scripts/test-servers.ts";
import { type CheckResult, checkCredential } from "./check-credential.ts";
import { getLastCheck } from "./last-check.ts";
import { checkAfter } from "./save-and-check.ts";
import { probeTransports } from "./steps/probe-transports.ts";

// Each step of the doctor made to fail for real, over sockets.

setUpTestDatabase();
const sandbox = setUpSandbox();

type KeyAndCertificate = { key: string; cert: string };
let certificates: Record<"localhost" | "otherName" | "expired" | "untrusted", KeyAndCertificate>;
beforeAll(async () => {
  const own = await makeCertificates();
  const stranger = await makeCertificates();
  certificates = { ...own, untrusted: stranger.localhost };
  // What is wrong with these is not who issued them.
  const trusted = [readFileSync(sandbox.current.caFile, "utf8"), own.ca, own.otherName.cert, own.expired.cert];
  const file = join(mkdtempSync(join(tmpdir(), "sallyport-doctor-")), "ca.pem");
  writeFileSync(file, trusted.join("\n"));
  process.env.SALLYPORT_EXTRA_CA = file;
});

const open: Listening[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
async function serve(handle: RequestListener, tls?: KeyAndCertificate): Promise<string> {
  const server = await listen(handle, tls);
  open.push(server);
  return `${tls ? "https" : "http"}://localhost:${server.port}`;
}
async function serveProxy(options: Parameters<typeof startProxy>[0]): Promise<string> {
  const proxy = await startProxy(options);
  open.push(proxy);
  return `http://localhost:${proxy.port}`;
}
const throughProxy = (url: string): CredentialInput["proxy"] => ({
  mode: "manual",
  url,
  username: "anna",
  password: "canary-proxy-password",
  bypass: [],
});
const issue =
  (claims: object = {}, aheadMs = 0): RequestListener =>
  (_, response) => {
    const token = `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2lnbmF0dXJl`;
    response.setHeader("date", new Date(Date.now() + aheadMs).toUTCString());
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ access_token: token, token_type: "Bearer", expires_in: 3600 }));
  };

const secret = "canary-client-secret-0123456789";
async function check(input: CredentialInput, ctx: Context = tester): Promise<CheckResult & { id: string }> {
  const { id } = await store(input);
  return { ...(await checkCredential(ctx, id)), id };
}
const checkAt = async (endpointUrl: string, more: Partial<CredentialInput> = {}) =>
  check(genericInput(sandbox.current, { endpointUrl, clientSecret: secret, ...more }));
const failedOf = ({ steps }: CheckResult) => steps.filter(({ verdict }) => verdict === "fail");

type Fault = { step: CheckStepName; says: RegExp; field: string | null; hint: RegExp };
type Row = [string, () => Promise<CheckResult>, Fault];
const faults: Row[] = [
  [
    "a name that nobody knows",
    () => checkAt("https://nowhere.invalid/token"),
    {
      step: "name_resolution",
      says: /nowhere\.invalid could not be resolved/,
      field: "endpointUrl",
      hint: /^Endpoint URL: /,
    },
  ],
  [
    "a dead proxy",
    () => checkAt(`${sandbox.current.idpUrl}/generic/token`, { proxy: throughProxy("http://localhost:9") }),
    { step: "proxy", says: /proxy/, field: "proxy.url", hint: /^Proxy URL: / },
  ],
  [
    "a proxy whose name nobody knows",
    () => checkAt(`${sandbox.current.idpUrl}/generic/token`, { proxy: throughProxy("http://proxy.invalid:3128") }),
    { step: "proxy", says: /proxy\.invalid/, field: "proxy.url", hint: /^Proxy URL: / },
  ],
  [
    "a wrong proxy password",
    async () => {
      const proxy = await serveProxy({ credentials: "anna:another" });
      return checkAt(`${sandbox.current.idpUrl}/generic/token`, { proxy: throughProxy(proxy) });
    },
    { step: "proxy", says: /refused its user and password/, field: "proxy.password", hint: /password/i },
  ],
  [
    "a proxy that does not let this host through",
    async () => {
      const proxy = await serveProxy({ refuse: 403 });
      return checkAt(`${sandbox.current.idpUrl}/generic/token`, { proxy: throughProxy(proxy) });
    },
    { step: "proxy", says: /403/, field: "proxy.url", hint: /operator of the proxy/ },
  ],
  [
    "a port where nothing listens",
    () => checkAt("https://localhost:9/token"),
    { step: "tcp", says: /was refused/, field: "endpointUrl", hint: /^Endpoint URL: / },
  ],
  [
    "an address that may not be dialled",
    () => checkAt("https://169.254.169.254/token"),
    { step: "tcp", says: /may not connect/, field: "endpointUrl", hint: /SALLYPORT_EGRESS/ },
  ],
  [
    "a certificate of a stranger",
    async () => checkAt(`${await serve(issue(), certificates.untrusted)}/token`),
    { step: "tls", says: /not trusted here/, field: "endpointUrl", hint: /SALLYPORT_EXTRA_CA/ },
  ],
  [
    "an expired certificate",
    async () => checkAt(`${await serve(issue(), certificates.expired)}/token`),
    { step: "tls", says: /has expired/, field: "endpointUrl", hint: /install a new certificate/ },
  ],
  [
    "a certificate for another host",
    async () => checkAt(`${await serve(issue(), certificates.otherName)}/token`),
    { step: "tls", says: /not for localhost/, field: "endpointUrl", hint: /name that stands in the certificate/ },
  ],
  [
    "a page in place of an answer",
    async () => {
      const page: RequestListener = (_, response) =>
        void response.setHeader("content-type", "text/html").end("<html><title>Sign in</title>");
      return checkAt(`${await serve(page, certificates.localhost)}/token`);
    },
    { step: "token_endpoint", says: /a web page/, field: "endpointUrl", hint: /Endpoint URL/ },
  ],
  [
    "a wrong secret",
    () => check(genericInput(sandbox.current, { clientSecret: secret })),
    { step: "client", says: /invalid_client/, field: "clientSecret", hint: /Client secret/ },
  ],
  [
    "a wrong scope",
    () => check(genericInput(sandbox.current, { scope: "nothing.read" })),
    { step: "scope", says: /invalid_scope/, field: "scope", hint: /Scope/ },
  ],
  [
    "a clock that is off",
    async () => checkAt(`${await serve(issue({}, 7 * 3_600_000), certificates.localhost)}/token`),
    { step: "clock", says: /7 h ahead/, field: null, hint: /NTP/ },
  ],
];
test.each(faults)("%s fails its own step, and only that", async (_, act, { step, says, field, hint }) => {
  const result = await act();
  expect(failedOf(result)).toMatchObject([{ step, field }]);
  const [failed] = failedOf(result);
  expect(failed?.detail).toMatch(says);
  expect(failed?.hint).toMatch(hint);
  const at = result.steps.indexOf(failed as (typeof result.steps)[number]);
  for (const after of result.steps.slice(at + 1)) expect(after.verdict).toBe("skipped");
  for (const before of result.steps.slice(0, at)) expect(before.verdict).not.toBe("fail");
  expect(result.report).toMatch(/failed at/);
  expect(JSON.stringify(result)).not.toMatch(/canary/);
});

test("of a User credential the way is looked at first, without its secret", async () => {
  const asked: string[] = [];
  const url = await serve((request, response) => {
    asked.push(`${request.method} ${request.headers.authorization ?? ""}`);
    response.writeHead(404).end();
  }, certificates.localhost);
  const user = { type: "user", scope: "openid", issuer: url, tokenParameters: {} } as const;
  const reached = await checkAt(`${url}/token`, user);
  expect(failedOf(reached)).toMatchObject([{ step: "metadata" }]);
  expect(asked[0]).toBe("HEAD ");
  const unknown = await checkAt("https://nowhere.invalid/token", { ...user, issuer: "https://nowhere.invalid" });
  expect(failedOf(unknown)).toMatchObject([{ step: "name_resolution", field: "endpointUrl" }]);
  expect(unknown.steps.map(({ step }) => step).at(-1)).toBe("sign_in");
  expect(JSON.stringify([reached, unknown])).not.toMatch(/canary/);
});

test("a certificate that is refused is shown all the same", async () => {
  const result = await checkAt(`${await serve(issue(), certificates.expired)}/token`);
  const facts = Object.fromEntries(failedOf(result)[0]?.facts.map(({ name, value }) => [name, value]) ?? []);
  expect(facts).toMatchObject({
    Certificate: expect.stringContaining("localhost"),
    "Clock here": expect.stringMatching(/Z$/),
  });
  expect(result.report).toContain(facts.Issuer ?? facts["Issued by"]);
});

describe("the token is tried at the services of the transports that use it", () => {
  async function prepare(handle: RequestListener | null, more: Partial<CredentialInput> = {}) {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(`${request.method} ${request.headers.authorization ? "with" : "without"}`);
      (handle ?? ((_, answer) => void answer.end()))(request, response);
    });
    const credential = await store(entraInput(sandbox.current, more));
    const { id: nodeId } = await createNode(tester, { name: `Plant ${Math.random()}`, parentId: null });
    const add = (name: string, target: string) =>
      createTransport(
        tester,
        transportInput.parse({
          name,
          nodeId,
          type: "HTTP",
          http: { url: target, method: "POST", headers: [{ name: "X-Site", value: "7" }] },
          authorization: { kind: "credential", credentialId: credential.id },
        }),
      );
    const transport = await add("Orders", `${url}/v1`);
    const run = async (ctx: Context = tester) =>
      (await checkCredential(ctx, credential.id)).steps.filter(({ step }) => step === "transport");
    return { asked, run, transport, add, credential, nodeId };
  }
  const guard =
    (accepted: number, refused = 401): RequestListener =>
    (request, response) =>
      void response.writeHead(request.headers.authorization ? accepted : refused).end();

  test("which accepts it", async () => {
    const { asked, run, transport } = await prepare(guard(200));
    expect(await run()).toMatchObject([
      { verdict: "pass", transport: { id: transport.id, name: "Orders" }, detail: expect.stringMatching(/accepted/) },
    ]);
    expect(asked).toEqual(["HEAD with", "HEAD without"]);
  });

  test("or refuses it with 401: the field Scope is named", async () => {
    const { asked, run } = await prepare(
      (_, response) =>
        void response
          .writeHead(401, { "www-authenticate": 'Bearer error="invalid_token", error_description="wrong audience"' })
          .end(),
    );
    expect(await run()).toMatchObject([
      {
        verdict: "fail",
        field: "scope",
        detail: expect.stringMatching(/refuses the token \(invalid_token: wrong audience\)/),
      },
    ]);
    expect(asked).toEqual(["HEAD with"]);
  });

  test("or does not offer HEAD: GET is asked then, never anything that could change something", async () => {
    const { asked, run } = await prepare(
      (request, response) =>
        void response.writeHead(request.method === "HEAD" ? 405 : request.headers.authorization ? 200 : 401).end(),
    );
    expect(await run()).toMatchObject([{ verdict: "pass" }]);
    expect(asked).toEqual(["HEAD with", "GET with", "HEAD without", "GET without"]);
  });

  test("or asks for no token there, which proves nothing", async () => {
    const { run } = await prepare(guard(404, 404));
    expect(await run()).toMatchObject([
      { verdict: "skipped", detail: expect.stringMatching(/404.*asks for no token/) },
    ]);
  });

  test("or fails, or is not there", async () => {
    const { run, add } = await prepare(guard(503));
    await add("Dead", "http://localhost:9/");
    expect(await run()).toMatchObject([
      { verdict: "fail", transport: { name: "Dead" }, detail: expect.stringMatching(/refused/) },
      { verdict: "fail", transport: { name: "Orders" }, detail: expect.stringMatching(/503/) },
    ]);
  });

  test("or is not reached: where on the way that was stands first, with what was seen there", async () => {
    const { run, add } = await prepare(guard(200));
    const stranger = await serve((_, response) => void response.end(), certificates.untrusted);
    await add("Dead", "http://localhost:9/");
    await add("Nowhere", "https://nowhere.invalid/");
    await add("Stranger", stranger);
    const steps = new Map((await run()).map((step) => [step.transport?.name, step]));
    expect(steps.get("Dead")?.detail).toMatch(/^TCP connection: /);
    expect(steps.get("Dead")?.facts).toContainEqual({
      name: "Dialled",
      value: expect.stringMatching(/127\.0\.0\.1|::1/),
    });
    expect(steps.get("Nowhere")?.detail).toMatch(/^Name resolution: /);
    expect(steps.get("Stranger")).toMatchObject({ verdict: "fail", detail: expect.stringMatching(/^TLS: /) });
    expect(steps.get("Stranger")?.facts).toContainEqual({
      name: "Certificate",
      value: expect.stringContaining("localhost"),
    });
    expect(steps.get("Orders")).toMatchObject({ verdict: "pass", facts: [] });
  });

  test("after an edit is saved, too", async () => {
    const { asked, transport, credential } = await prepare(guard(200));
    const update = credentialUpdate.parse({ version: 1, tokenParameters: { "x-plant": "7" } });
    await checkAfter(updateCredential, testLimitMs)(tester, credential.id, update);
    expect(asked).toEqual(["HEAD with", "HEAD without"]);
    const last = await getLastCheck(tester, credential.id);
    expect(last?.steps.at(-1)).toMatchObject({ step: "transport", verdict: "pass", transport: { id: transport.id } });
  });

  test("for so long as somebody waits for it, and those that were not tried are counted", async () => {
    const { asked, add, credential, transport } = await prepare(() => undefined);
    const silent = transport.http!.url;
    for (const name of ["A", "B", "C", "D"]) await add(name, silent);
    const nobodyWaits = new AbortController();
    const probing = probeTransports(
      { id: credential.id, name: credential.name, type: "application", allowedHosts: ["127.0.0.1", "localhost"] },
      "a-token",
      tester,
      nobodyWaits.signal,
    );
    await expect.poll(() => asked).toHaveLength(4);
    nobodyWaits.abort();
    const steps = await probing;
    // That nobody waited is no fault of the service.
    for (const step of steps.slice(0, 4)) {
      expect(step).toMatchObject({ verdict: "skipped", detail: expect.stringContaining("Check now waits longer") });
    }
    expect(steps.slice(4)).toMatchObject([
      { verdict: "skipped", transport: null, detail: expect.stringMatching(/^1 more transport .* took too long/) },
    ]);
    expect(asked).toHaveLength(4);
  });

  test("but not without a token, and not for who may not see the transport", async () => {
    const { asked, run, credential } = await prepare(guard(200), { clientSecret: "wrong" });
    expect(await run()).toMatchObject([{ verdict: "skipped", detail: expect.stringMatching(/no token/) }]);
    const stranger: Context = { ...tester, grants: [{ role: "admin", nodeId: null }] };
    expect((await checkCredential(stranger, credential.id)).steps.at(-1)?.transport?.name).toBe("Orders");
    expect(asked).toEqual([]);
  });

  test("and of a User credential only the service is looked at", async () => {
    const { clientId, clientSecret } = sandbox.current.clients.workbench;
    const { asked, run } = await prepare(guard(200), {
      type: "user",
      clientId,
      clientSecret,
      scope: "openid",
      allowedHosts: ["localhost"],
    });
    expect(await run()).toMatchObject([
      { verdict: "pass", detail: expect.stringMatching(/answered 401: it is reached/) },
    ]);
    expect(asked).toEqual(["HEAD without"]);
  });
});

test("the last check is kept, step by step, without a secret and without the token", async () => {
  const { clientId } = sandbox.current.clients.generic;
  const result = await check(genericInput(sandbox.current));
  const last = await getLastCheck(tester, result.id);
  expect(last).toMatchObject({ credentialVersion: 1, at: result.checkedAt, cause: "Tester", steps: result.steps });
  expect(last?.report).toBe(result.report);
  expect(result.report).toContain(clientId);
  expect(result.report).toMatch(/Check of the OAuth2 credential “.+”: passed/);
  const operator: Context = { ...tester, grants: [{ role: "operator", nodeId: null }] };
  await expect(getLastCheck(operator, result.id)).rejects.toMatchObject({ code: "forbidden" });
});

test("a provider that echoes the secret and a token in its refusal tells nobody", async () => {
  const basic = Buffer.from(`client:${secret}`).toString("base64");
  const echo: RequestListener = (_, response) => {
    response.writeHead(400, { "content-type": "application/json" });
    const error_description = `You sent ${secret}, ${encodeURIComponent(secret)} and ${basic}`;
    response.end(JSON.stringify({ error: "invalid_client", error_description }));
  };
  const result = await checkAt(`${await serve(echo, certificates.localhost)}/token`, { clientId: "client" });
  expect(result.report).toContain("You sent [removed]");
  for (const text of [JSON.stringify(result), JSON.stringify(await getLastCheck(tester, result.id))]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(basic);
  }
});
