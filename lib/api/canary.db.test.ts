import { type ChildProcess, spawn } from "node:child_process";
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { gunzipSync } from "node:zlib";
import { eq, sql } from "drizzle-orm";
import { Secret, TOTP } from "otpauth";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import { wsdls } from "#drizzle/schema/wsdls.ts";
import { signInLocally } from "#lib/access/accounts/local/sign-in-locally.ts";
import { beginTotp, confirmTotp } from "#lib/access/accounts/second-factor.ts";
import { findSignedIn } from "#lib/access/sessions/sessions.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { createLog } from "#lib/platform/log/log.ts";
import { makeClientCertificate } from "#sandbox/certificates.ts";
import { dumpDatabase } from "#scripts/dump-database.ts";
import { killProcess } from "#scripts/kill-process.ts";
import { formsOf } from "#scripts/secret-forms.ts";
import { adminPassword, serveTestPortal } from "#scripts/test-portal.ts";
import { findProgram } from "#scripts/test-programs.ts";
import { startEchoService, startEchoSoapService, startProxy } from "#scripts/test-services.ts";

// Secrets of every kind are planted through the API and used, with and without success; then every answer, every line of
// every log and every row of the database is searched for them.

const logged: string[] = [];
const ownLog: string[] = [];
singleton("log", () => createLog("debug", { write: (line: string) => void ownLog.push(line) }));
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream);
  vi.spyOn(stream, "write").mockImplementation((chunk, ...rest) => {
    logged.push(String(chunk));
    return write(chunk, ...(rest as []));
  });
}

const { api, sandbox } = serveTestPortal();
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const passphrase = "canary-passphrase~";
const shown = await makeClientCertificate("mutual.example", null);
const wrapped = createPrivateKey(shown.key)
  .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase })
  .toString();
const planted: Record<string, string> = {
  "client secret": 'canary-client-secret~{"x"}',
  "refused client secret": "canary-refused-secret~/+=",
  "secret of a refused draft": "canary-draft-secret~/+=",
  "replaced client secret": "canary-replaced-secret~&?",
  "staged client secret": "canary-staged-secret~&%",
  "staged client secret that is refused": "canary-staged-refused~&%",
  "staged client secret of a refused input": "canary-staged-invalid",
  "secret of a refused input": "canary-invalid-secret",
  "secret of a taken name": "canary-taken-secret",
  "secret of a failed insert": "canary-failed-secret",
  "secret in malformed JSON": "canary-malformed-secret",
  "proxy password": "canary-proxy-password",
  "refused proxy password": "canary-wrong-proxy-password",
  "named proxy's password": "canary-named-proxy~/+=",
  "replaced password of a named proxy": "canary-named-replaced~",
  "refused password of a named proxy": "canary-named-refused~",
  "transport's proxy password": "canary-transport-proxy",
  "secret header of a transport": "canary-transport-header~<&",
  "marked header of a transport": "canary-marked-header",
  "secret header of a trigger": "canary-trigger-header~%",
  "replaced header of a trigger": "canary-replaced-header",
  "header of token requests": "canary-token-header~+",
  "parameter of token requests": "canary-token-parameter",
  "basic password": "canary-basic-password ü",
  "basic password for SOAP": "canary-soap-basic ü&<",
  "password of a UsernameToken": 'canary-wsse-<password>&"more"',
  "refused password of a UsernameToken": "canary-wsse-refused",
  "user password": "canary user password",
  "refused user password": "canary-pw",
  "first admin's password": adminPassword,
  // The middle of the key: its first and last line are the same in every key.
  "private key": privateKey.split("\n")[10]!,
  "passphrase of a key": passphrase,
  "key of a client certificate": shown.key.split("\n")[1]!.slice(30),
  "the same with its passphrase": wrapped.split("\n")[3]!,
};
/** What an answer may tell once: keys and passwords that were just made. */
const toldOnce = new Set<string>();
const ids: Record<string, string> = {};
let echo: Awaited<ReturnType<typeof startEchoService>>;
let echoSoap: Awaited<ReturnType<typeof startEchoSoapService>>;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let worker: ChildProcess;

beforeAll(async () => {
  echo = await startEchoService();
  echoSoap = await startEchoSoapService();
  proxy = await startProxy("portal", planted["proxy password"]!);
  worker = spawn(process.execPath, [findProgram("lib/worker.ts")], {
    env: { ...process.env, SALLYPORT_LOG_LEVEL: "debug" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  worker.stdout?.on("data", (chunk) => logged.push(String(chunk)));
  worker.stderr?.on("data", (chunk) => logged.push(String(chunk)));
});

afterAll(async () => {
  echo.close();
  echoSoap.close();
  proxy.close();
  await killProcess(worker);
});

async function post(path: string, body: unknown, status = 201) {
  const answer = await api.call("POST", path, { body });
  expect(answer.status, `${path}: ${answer.text}`).toBe(status);
  return answer.json;
}

const manualProxy = (password: string) => ({
  mode: "manual",
  url: proxy.url,
  username: "portal",
  password,
  bypass: ["127.0.0.1"],
});

function credentialBody(name: string, clientSecret: string, more: object = {}) {
  const { shortLived } = sandbox().clients;
  const shared = {
    type: "application",
    provider: "entra",
    endpointUrl: sandbox().tokenEndpoint,
    scope: "api://orders/.default",
  };
  return { ...shared, name, clientId: shortLived.clientId, clientSecret, ...more };
}

test("credentials with every kind of secret are created, refused and changed", async () => {
  const { control, clients } = sandbox();
  const { clientId } = clients.shortLived;
  await control.changeClient({ clientId, clientSecret: planted["client secret"], tokenLifetimeSeconds: 3599 });
  const good = await post(
    "/credentials",
    credentialBody("Good", planted["client secret"]!, {
      proxy: manualProxy(planted["proxy password"]!),
      tokenHeaders: [{ name: "x-api-key", value: planted["header of token requests"] }],
      tokenParameters: [{ name: "pin", value: planted["parameter of token requests"], secret: true }],
    }),
  );
  expect([good.status, good.statusReason]).toEqual(["active", expect.any(String)]);
  ids.credential = good.id;
  const refused = await post("/credentials", credentialBody("Refused", planted["refused client secret"]!));
  expect(refused.status).toBe("action_needed");
  const body = { version: refused.version, clientSecret: planted["replaced client secret"] };
  expect((await api.call("PATCH", `/credentials/${refused.id}`, { body })).status).toBe(200);
  const behind = credentialBody("Behind", planted["client secret"]!, {
    proxy: manualProxy(planted["refused proxy password"]!),
  });
  expect((await post("/credentials", behind)).status).not.toBe("active");
  const signed = { clientSecret: undefined, provider: "generic", clientAuthentication: "private_key_jwt", privateKey };
  const generic = { ...signed, endpointUrl: sandbox().genericTokenEndpoint, clientId: "generic-orders" };
  expect((await post("/credentials", credentialBody("Signed", "", generic))).privateKeySetAt).not.toBeNull();
  const mutual = { ...generic, clientAuthentication: "tls_client_auth", privateKey: wrapped, certificate: shown.cert };
  const tls = credentialBody("Mutual", "", mutual);
  await post("/credentials", { ...tls, passphrase: `${passphrase}wrong` }, 422);
  expect((await post("/credentials", { ...tls, passphrase })).certificateInfo.subject).toBe("CN=mutual.example");
  for (const { id } of (await api.call("GET", "/credentials")).json.items)
    await post(`/credentials/${id}/check`, undefined, 200);
  // Before saving, refused and not.
  await post("/credentials/check", credentialBody("Draft", planted["client secret"]!), 200);
  await post("/credentials/check", credentialBody("Draft", planted["secret of a refused draft"]!), 200);
  await post("/credentials/check", { id: refused.id, clientSecret: planted["secret of a refused draft"] }, 200);
});

test("secrets are staged, tested, promoted and rolled back, with success and without", async () => {
  const { control, clients } = sandbox();
  const { clientId } = clients.ordersApi;
  const rotated = await post("/credentials", credentialBody("Rotated", clients.ordersApi.clientSecret, { clientId }));
  const path = `/credentials/${rotated.id}/rotation`;
  const stage = (clientSecret: string, status = 200) =>
    post(`${path}/stage`, { clientSecret, secretExpiresOn: "2090-01-31" }, status);
  await post(
    `${path}/stage`,
    { clientSecret: planted["staged client secret of a refused input"], secretExpiresOn: "x" },
    422,
  );
  const refused = await stage(planted["staged client secret that is refused"]!);
  await stage(planted["staged client secret of a refused input"]!, 409);
  expect((await post(`${path}/test`, undefined, 200)).passed).toBe(false);
  await post(`${path}/promote`, { version: 1, stagedId: refused.staged.id }, 409);
  const wrong = await post(`${path}/promote`, { version: 1, stagedId: refused.staged.id, untested: true }, 200);
  expect(wrong.status).toBe("action_needed");
  const good = await stage(planted["staged client secret"]!);
  await control.changeClient({ clientId, clientSecret: planted["staged client secret"] });
  expect((await post(`${path}/test`, undefined, 200)).passed).toBe(true);
  await post(`${path}/promote`, { version: 2, stagedId: good.staged.id }, 200);
  const { previous } = (await api.call("GET", path)).json;
  await post(`${path}/roll-back`, { version: 3, previousId: previous.id }, 200);
  expect((await api.call("DELETE", `${path}/previous`)).status).toBe(204);
  await stage(planted["staged client secret"]!);
  expect((await api.call("DELETE", `${path}/staged`)).status).toBe(204);
  await stage(planted["staged client secret"]!);
  expect((await api.call("GET", `/credentials/${rotated.id}/events`)).text).toContain("staged_check");
});

test("secrets in requests that are refused or fail are not kept either", async () => {
  const invalid = credentialBody("", planted["secret of a refused input"]!, {
    endpointUrl: planted["secret of a refused input"],
  });
  await post("/credentials", invalid, 422);
  await post("/credentials", credentialBody("good", planted["secret of a taken name"]!), 409);
  await post("/credentials", `{"clientSecret":"${planted["secret in malformed JSON"]}",}`, 400);
  await post("/users", { username: "kim", password: planted["refused user password"] }, 422);
  await getDb().execute(sql`alter table credentials rename column notes to notes_away`);
  await post("/credentials", credentialBody("Failed", planted["secret of a failed insert"]!), 500);
  await getDb().execute(sql`alter table credentials rename column notes_away to notes`);
  await api.call("GET", "/runs", { key: "canary-unknown-key" });
  planted["unknown API key"] = "canary-unknown-key";
});

test("users and API keys are made; their secrets are told once", async () => {
  await post("/users", { username: "otto", password: planted["user password"], roles: [] });
  const mia = await post("/users", { username: "mia", roles: [] });
  const key = await post("/api-keys", { name: "CI", role: "operator" });
  planted["made-up password"] = mia.password;
  planted["API key"] = key.key;
  planted["admin's API key"] = api.key!;
  toldOnce.add("made-up password").add("API key");
});

test("a second factor is set up and used", async () => {
  const account = { username: "otto", password: planted["user password"]! };
  const client = { address: "192.0.2.1", userAgent: "test" };
  const now = new Date();
  const { sessionId } = await signInLocally(account, client, now);
  const { ctx } = (await findSignedIn(sessionId, null, now))!;
  const { secret } = await beginTotp(ctx, { currentPassword: account.password }, now);
  const codeAt = (at: number) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at });
  const { recoveryCodes } = await confirmTotp(ctx, { code: codeAt(now.getTime()) }, now);
  const [first = "", wrong = ""] = [recoveryCodes[0], recoveryCodes[0]?.replace(/^./, "z")];
  for (const code of ["", wrong, "canary-code", first])
    await signInLocally({ ...account, code }, client, now).catch(() => 0);
  planted["authenticator secret"] = secret;
  planted["wrong code"] = wrong;
  planted["malformed code"] = "canary-code";
  for (const [index, code] of recoveryCodes.entries()) planted[`recovery code ${index}`] = code;
  planted["recovery code as it is hashed"] = first.replaceAll("-", "");
});

test("runs use the secrets, with success and without, at a service that repeats them", async () => {
  const node = await post("/nodes", { name: "Plant" });
  const headers = [
    { name: "X-Api-Key", value: planted["secret header of a transport"] },
    { name: "X-Site", value: planted["marked header of a transport"], secret: true },
  ];
  const transport = { nodeId: node.id, type: "HTTP", http: { url: echo.url, method: "POST", headers } };
  const withToken = { kind: "credential", credentialId: ids.credential };
  const orders = await post("/transports", {
    ...transport,
    name: "Orders",
    authorization: withToken,
    proxy: manualProxy(planted["transport's proxy password"]!),
  });
  // The proxy takes none of these passwords, so the requests that send them fail.
  const { url } = proxy;
  const shared = { name: "Canary proxy", url, username: "portal" };
  const made = await post("/proxies", { ...shared, password: planted["named proxy's password"] });
  await post("/proxies", { ...shared, password: planted["refused password of a named proxy"] }, 409);
  const named = { mode: "named", proxyId: made.id };
  const behind = await post("/transports", {
    ...transport,
    name: "Behind",
    http: { url: "https://localhost:9/", method: "GET" },
    authorization: withToken,
    proxy: named,
  });
  const refusedProxy = { code: "proxy_authentication_required" };
  expect((await post(`/transports/${behind.id}/test`, {}, 200)).error).toMatchObject(refusedProxy);
  const password = planted["replaced password of a named proxy"];
  const replaced = await api.call("PATCH", `/proxies/${made.id}`, { body: { version: 1, password } });
  expect(replaced.status, replaced.text).toBe(200);
  const moved = { version: 2, url: "http://127.0.0.1:9", password: planted["refused password of a named proxy"] };
  expect((await api.call("PATCH", `/proxies/${made.id}`, { body: { ...moved, version: 1 } })).status).toBe(409);
  expect((await post(`/transports/${behind.id}/test`, {}, 200)).error).toMatchObject(refusedProxy);
  await post("/credentials", credentialBody("Named", planted["client secret"]!, { proxy: named }));
  const clientCertificate = { privateKey: wrapped, certificate: shown.cert, passphrase };
  const asked = {
    ...transport,
    name: "Mutual TLS",
    http: { url: "https://localhost:9/", method: "GET" },
    clientCertificate,
  };
  await post(
    "/transports",
    { ...asked, clientCertificate: { ...clientCertificate, passphrase: `${passphrase}!` } },
    422,
  );
  await post(`/transports/${(await post("/transports", asked)).id}/test`, {}, 200);
  const withPassword = { kind: "basic", username: "erp", password: planted["basic password"] };
  const stock = await post("/transports", { ...transport, name: "Stock", authorization: withPassword });
  for (const { id, name } of [orders, stock]) {
    for (const status of [200, 302, 401, 403, 500]) {
      const own = (value?: string) => [{ name: "Cookie", value }];
      const request = {
        path: "/orders",
        query: { status: String(status) },
        body: '{"id":"{{variables.id}}"}',
        headers: own(planted["secret header of a trigger"]),
      };
      const trigger = await post("/triggers", { name: `${name} ${status}`, nodeId: node.id, transportId: id, request });
      await post("/triggers/preview", { transportId: id, request, variables: { id: "1" } }, 200);
      if (status === 200) {
        const replaced = { ...request, headers: own(planted["replaced header of a trigger"]) };
        const body = { version: 1, request: replaced };
        expect((await api.call("PATCH", `/triggers/${trigger.id}`, { body })).status).toBe(200);
      }
      const run = await post(`/triggers/${trigger.id}/run`, { variables: { id: "1" } }, 200);
      expect(run.response?.status, run.error?.message).toBe(status);
    }
    await post(`/transports/${id}/test`, { path: "/test", method: "GET" }, 200);
  }
  for (const authorization of echo.authorizations)
    planted[`Authorization ${authorization.slice(0, 20)}`] = authorization.split(" ")[1]!;
  // A token (at least two: one was renewed after a 401) and the password's base64.
  expect(echo.authorizations.size).toBeGreaterThanOrEqual(3);
});

test("SOAP calls use the secrets, and so does reading the WSDL, at a service that repeats them", async () => {
  const node = await post("/nodes", { name: "SOAP" });
  const security = (password: string, passwordType = "text") => ({ username: "erp", password, passwordType });
  const wsse = security(planted["password of a UsernameToken"]!);
  const soap = { wsdlUrl: `${echoSoap.url}/stock?wsdl`, service: "Stock", port: "StockSoap", security: wsse };
  const ways = {
    token: { kind: "credential", credentialId: ids.credential },
    basic: { kind: "basic", username: "erp", password: planted["basic password for SOAP"] },
  };
  for (const [name, authorization] of Object.entries(ways)) {
    const body = { name, nodeId: node.id, type: "WS_SOAP", soap, authorization };
    const wrong = { ...soap, port: "None", security: security(planted["refused password of a UsernameToken"]!) };
    await post("/transports", { ...body, soap: wrong }, 422);
    const { id, wsdl } = await post("/transports", body);
    expect(wsdl.failure).toBeNull();
    await post("/transports/preview-wsdl", body, 200);
    await post(`/transports/${id}/reload-wsdl`, {}, 200);
    await post(`/transports/${id}/test`, {}, 200);
    await post(`/transports/${id}/test`, { body: "<fault/>" }, 200);
    expect((await api.call("GET", `/transports/${id}/operation?operation=GetStock`)).status).toBe(200);
    const request = { operation: "GetStock", arguments: { site: "{{variables.site}}", item: "AB-1234" } };
    await post("/triggers/preview", { transportId: id, request, variables: { site: "a" } }, 200);
    const trigger = await post("/triggers", { name: `SOAP ${name}`, nodeId: node.id, transportId: id, request });
    for (const site of ["fault", "answer"]) {
      const run = await post(`/triggers/${trigger.id}/run`, { variables: { site } }, 200);
      expect(run.error?.code ?? null, run.error?.message).toBe(site === "fault" ? "soap_fault" : null);
      expect(JSON.stringify(run.soap)).toContain("[removed]");
    }
  }
  for (const sent of echoSoap.sent)
    if (sent.includes(" ")) planted[`sent to SOAP ${sent.slice(0, 20)}`] = sent.split(" ")[1]!;
  // A token, the password's base64, and the UsernameToken's password as it stands in XML.
  expect(echoSoap.sent.size).toBeGreaterThanOrEqual(4);
  planted["password of a UsernameToken in XML"] = [...echoSoap.sent].find((sent) => sent.startsWith("canary-wsse"))!;
});

test("webhooks sign with secrets that are told once", async () => {
  const node = await post("/nodes", { name: "Webhooks" });
  const http = { url: echo.url, method: "POST" };
  const transport = await post("/transports", { name: "Hook", nodeId: node.id, type: "HTTP", http });
  const request = { path: "/hook", body: "{{webhook.headers | json}}", headers: [] };
  const event = { kind: "webhook", slug: "canary" };
  const body = { name: "Hook", nodeId: node.id, transportId: transport.id, request, event };
  const made = await post("/triggers", body);
  const rotated = await post(`/triggers/${made.id}/rotate-secret`, {}, 200);
  planted["webhook secret"] = made.webhookSecret;
  planted["new webhook secret"] = rotated.secret;
  for (const name of ["webhook secret", "new webhook secret"]) toldOnce.add(name);
  for (const secret of [made.webhookSecret, rotated.secret, `whsec_${Buffer.from("wrong").toString("base64")}`]) {
    const at = new Date();
    const headers = {
      "webhook-id": "msg_canary",
      "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
      "webhook-signature": new Webhook(secret).sign("msg_canary", at, "{}"),
    };
    const answer = await api.call("POST", "/api/hooks/canary", { key: "", body: "{}", headers });
    expect(answer.status).toBe(secret === made.webhookSecret || secret === rotated.secret ? 200 : 401);
  }
});

test("the worker renews a token", async () => {
  await getDb().update(tokens).set({ renewAt: new Date() }).where(eq(tokens.credentialId, ids.credential!));
  await getDb().update(credentials).set({ nextCheckAt: new Date() }).where(eq(credentials.id, ids.credential!));
  const causes = async () => {
    const { json } = await api.call("GET", `/credentials/${ids.credential}/events?limit=200`);
    return json.items.map((event: { cause: string }) => event.cause);
  };
  await expect.poll(causes).toContain("renewal");
});

test("everything that can be read is read", async () => {
  for (const list of [
    "nodes",
    "credentials",
    "proxies",
    "transports",
    "triggers",
    "runs",
    "users",
    "api-keys",
    "sessions",
    "audit",
  ]) {
    const { json } = await api.call("GET", `/${list}?limit=200`);
    if (list === "audit" || list === "sessions") continue;
    for (const { id } of json.items) expect((await api.call("GET", `/${list}/${id}`)).status).toBe(200);
  }
});

test("no secret is in an answer, a log or the database", async () => {
  // Until the worker's last line has arrived.
  const ended = once(worker, "close");
  worker.kill("SIGTERM");
  await ended;
  const places: Record<string, string> = {
    "an answer": api.answers.join("\n"),
    "the log": [...logged, ...ownLog].join("\n"),
    ...(await dumpDatabase()),
    "a stored WSDL": await readStoredWsdls(),
  };
  // The search finds what is there.
  const { clientId } = sandbox().clients.shortLived;
  expect(Object.keys(places).filter((place) => places[place]!.includes(clientId))).toEqual(
    expect.arrayContaining(["an answer", "credentials", "audit_records"]),
  );
  expect(places["the log"]).toContain("the worker runs");
  expect(ownLog.length, "lines of this process").toBeGreaterThan(0);

  const found: string[] = [];
  for (const [name, secret] of Object.entries(planted)) {
    for (const [form, text] of Object.entries(formsOf(secret))) {
      for (const [place, content] of Object.entries(places)) {
        const times = content.split(text).length - 1;
        const allowed = place === "an answer" && toldOnce.has(name) && form === "as it is" ? 1 : 0;
        if (text.length > 5 && times > allowed) found.push(`${name}, ${form}, is in ${place}`);
      }
    }
  }
  expect(found).toEqual([]);
});

/** The documents of all WSDLs, which the dump shows compressed. */
async function readStoredWsdls(): Promise<string> {
  const rows = await getDb().select({ documents: wsdls.documents }).from(wsdls);
  const texts = rows.map(({ documents }) => (documents ? gunzipSync(documents).toString("utf8") : ""));
  expect(/What is in stock (Bearer|Basic) \[removed\]/.test(texts.join(""))).toBe(true);
  return texts.join("\n");
}
