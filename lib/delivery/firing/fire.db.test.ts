import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { runLeases } from "#drizzle/schema/run-leases.ts";
import { runs } from "#drizzle/schema/runs.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { getRun, listRuns } from "#lib/delivery/runs/read-runs.ts";
import { testTransport } from "#lib/delivery/runs/test-transport.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { updateTransport } from "#lib/delivery/transport-edits/update-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { updateTrigger } from "#lib/delivery/trigger-edits/update-trigger.ts";
import { previewTrigger } from "#lib/delivery/triggers/preview-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { setCredentialEnabled } from "#lib/oauth/credential-edits/set-enabled.ts";
import { pollChanges } from "#lib/platform/db/changes.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { genericInput, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { fireTrigger } from "./fire.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();

/** A service that answers as the test says and keeps what came. */
type Answer = { status?: number; headers?: Record<string, string>; body?: string | Buffer | null };
type Seen = { method: string; url: string; headers: IncomingMessage["headers"]; body: string };
type Service = {
  url: string;
  host: string;
  seen: Seen[];
  answer: (seen: Seen) => Answer | Promise<Answer>;
  server: Server;
};

async function startService(): Promise<Service> {
  const service = { seen: [] as Seen[], answer: () => ({}) } as unknown as Service;
  service.server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url = "", headers } = request;
    const seen = { method, url, headers, body: Buffer.concat(chunks).toString() };
    service.seen.push(seen);
    const { status = 200, headers: answerHeaders = {}, body = "{}" } = await service.answer(seen);
    // No body: the request hangs.
    if (body === null) return;
    response.writeHead(status, { "content-type": "application/json", ...answerHeaders });
    response.end(body);
  });
  await new Promise<void>((resolve) => service.server.listen(0, "127.0.0.1", resolve));
  service.host = `127.0.0.1:${(service.server.address() as AddressInfo).port}`;
  service.url = `http://${service.host}`;
  return service;
}

let service: Service;
let other: Service;
let nodeId: string;
let line: string;
beforeAll(async () => {
  service = await startService();
  other = await startService();
  nodeId = await insertNode("Plant");
  line = await insertNode("Line", nodeId);
});
afterAll(() => {
  for (const { server } of [service, other]) {
    server.closeAllConnections();
    server.close();
  }
});
beforeEach(() => {
  for (const each of [service, other]) {
    each.seen = [];
    each.answer = () => ({});
  }
});

afterEach(() => vi.useRealTimers());

async function makeCredential(overrides: Parameters<typeof genericInput>[1] = {}) {
  const { clientId, clientSecret } = sandbox.current.clients.genericOpaque;
  return store(genericInput(sandbox.current, { clientId, clientSecret, ...overrides }));
}

type Options = {
  transport?: Record<string, unknown>;
  trigger?: Record<string, unknown>;
  http?: Record<string, unknown>;
};

async function makeTrigger({ transport = {}, trigger = {}, http = {} }: Options = {}) {
  const made = await createTransport(
    tester,
    transportInput.parse({
      name: `Transport ${randomUUID()}`,
      nodeId: line,
      type: "HTTP",
      http: { url: `${service.url}/v1`, method: "POST", ...http },
      ...transport,
    }),
  );
  return createTrigger(
    tester,
    triggerInput.parse({
      name: `Trigger ${randomUUID()}`,
      nodeId: line,
      transportId: made.id,
      request: { path: "/orders", body: '{"id":"{{variables.id}}"}' },
      ...trigger,
    }),
  );
}

const withCredential = (credentialId: string) => ({
  transport: { authorization: { kind: "credential", credentialId } },
});
const id = { variables: { id: "A-1" } };
const bearer = (seen: Seen | undefined) => seen?.headers.authorization?.slice("Bearer ".length) ?? "";

test("a run sends the token of the credential and returns its receipt, which is stored", async () => {
  const credential = await makeCredential();
  const trigger = await makeTrigger(withCredential(credential.id));
  // The clock stands still: the token doesn't age.
  vi.setSystemTime(Date.now());
  const run = await fireTrigger(tester, trigger.id, id);
  expect(run).toMatchObject({
    triggerId: trigger.id,
    status: "succeeded",
    event: "on_demand",
    attempts: 1,
    actor: "Tester",
    token: { credentialId: credential.id, credentialVersion: 1, source: "acquired", ageSeconds: 0 },
    request: { method: "POST", url: `${service.url}/v1/orders`, body: '{"id":"A-1"}', bodyBytes: 12 },
    response: { status: 200, body: "{}" },
    error: null,
    attemptLog: [],
  });
  expect(run.request?.headers).toContainEqual({ name: "authorization", value: "Bearer [removed]" });
  expect(service.seen).toHaveLength(1);
  expect(bearer(service.seen[0]).length).toBeGreaterThan(20);
  expect(service.seen[0]?.body).toBe('{"id":"A-1"}');
  expect(await getRun(tester, run.id)).toEqual(run);
  expect((await fireTrigger(tester, trigger.id, id)).token).toMatchObject({ source: "cache" });
});

test("a 401 drops the token, and a fresh one is tried once", async () => {
  const credential = await makeCredential();
  const trigger = await makeTrigger(withCredential(credential.id));
  service.answer = () => (service.seen.length === 1 ? { status: 401, body: '{"error":"expired"}' } : {});
  const run = await fireTrigger(tester, trigger.id, id);
  expect(run).toMatchObject({
    status: "succeeded",
    attempts: 2,
    attemptLog: [
      { response: { status: 401 }, error: { code: "service_refused_token" } },
      { response: { status: 200 } },
    ],
  });
  expect(run.attemptLog[1]?.token).toMatchObject({ source: "refreshed" });
  expect(bearer(service.seen[0])).not.toBe(bearer(service.seen[1]));
  expect(service.seen[1]?.body).toBe('{"id":"A-1"}');
});

test("a 401 to the fresh token too ends the run with what to look at", async () => {
  const credential = await makeCredential();
  const trigger = await makeTrigger(withCredential(credential.id));
  const challenge = (token: string) =>
    `Bearer error="invalid_token", error_description="audience is wrong in ${token}"`;
  service.answer = (seen) => ({ status: 401, headers: { "www-authenticate": challenge(bearer(seen)) } });
  const run = await fireTrigger(tester, trigger.id, id);
  expect(run).toMatchObject({ status: "failed", attempts: 2, error: { code: "service_refused_token" } });
  expect(run.error?.message).toContain("invalid_token: audience is wrong in [removed]");
  expect(run.error?.hint).toMatch(/scope.*audience.*roles/);
  expect(service.seen).toHaveLength(2);
});

test("a service that echoes the token does not bring it into the receipt", async () => {
  const credential = await makeCredential();
  const trigger = await makeTrigger(withCredential(credential.id));
  service.answer = (seen) => ({
    headers: { "x-echo": `got ${bearer(seen)}`, location: `/next?access_token=${bearer(seen)}` },
    body: JSON.stringify({ headers: seen.headers, nested: JSON.stringify(seen.headers), raw: bearer(seen) }),
  });
  const run = await fireTrigger(tester, trigger.id, id);
  const [row] = await getDb().select().from(runs).where(eq(runs.id, run.id));
  const token = bearer(service.seen[0]);
  expect(token.length).toBeGreaterThan(20);
  expect(JSON.stringify([run, row])).not.toContain(token);
  expect(run.response?.body).toContain('"raw":"[removed]"');
});

test("Basic goes out as entered and is removed from the receipt", async () => {
  const password = "canary-pässword";
  const trigger = await makeTrigger({ transport: { authorization: { kind: "basic", username: "erp", password } } });
  const basic = Buffer.from(`erp:${password}`).toString("base64");
  service.answer = (seen) => ({ body: `you sent ${seen.headers.authorization} that is ${password}` });
  const run = await fireTrigger(tester, trigger.id, id);
  expect(service.seen[0]?.headers.authorization).toBe(`Basic ${basic}`);
  expect(run).toMatchObject({ status: "succeeded", token: null });
  expect(JSON.stringify(run)).not.toMatch(new RegExp(`${basic}|${password}`));
});

test("a Basic service's 401 is not repeated", async () => {
  const trigger = await makeTrigger({
    transport: { authorization: { kind: "basic", username: "a", password: "wrong" } },
  });
  service.answer = () => ({ status: 401 });
  const run = await fireTrigger(tester, trigger.id, id);
  expect(run).toMatchObject({ status: "failed", attempts: 1, error: { code: "service_error" } });
  expect(service.seen).toHaveLength(1);
});

test("a redirect is not followed by default", async () => {
  const credential = await makeCredential();
  const trigger = await makeTrigger(withCredential(credential.id));
  service.answer = () => ({ status: 302, headers: { location: `${other.url}/steal` } });
  const run = await fireTrigger(tester, trigger.id, id);
  expect(run).toMatchObject({ status: "failed", error: { code: "redirect_refused" }, response: { status: 302 } });
  expect(other.seen).toHaveLength(0);
});

test("a redirect to another host is followed without token and headers, also back to the first host", async () => {
  const credential = await makeCredential();
  const { transport } = withCredential(credential.id);
  const trigger = await makeTrigger({
    transport: { ...transport, followRedirects: true },
    http: { method: "GET", headers: [{ name: "X-Api-Key", value: "k" }] },
    trigger: { request: { path: "/first" } },
  });
  service.answer = (seen) =>
    seen.url === "/v1/first"
      ? { status: 307, headers: { location: "/v1/same" } }
      : { status: seen.url === "/v1/same" ? 302 : 200, headers: { location: `${other.url}/x` } };
  other.answer = () => ({ status: 302, headers: { location: `${service.url}/v1/back` } });
  const run = await fireTrigger(tester, trigger.id);
  expect(run).toMatchObject({ status: "succeeded", response: { redirectedTo: `${service.url}/v1/back` } });
  expect(
    service.seen.map((seen) => [seen.url, Boolean(seen.headers.authorization), Boolean(seen.headers["x-api-key"])]),
  ).toEqual([
    ["/v1/first", true, true],
    ["/v1/same", true, true],
    ["/v1/back", false, false],
  ]);
  expect(other.seen[0]?.headers).not.toHaveProperty("authorization");
  expect(other.seen[0]?.headers).not.toHaveProperty("x-api-key");
});

test("redirects in a circle end", async () => {
  const trigger = await makeTrigger({ transport: { followRedirects: true }, http: { method: "GET" } });
  service.answer = () => ({ status: 302, headers: { location: "/again" } });
  const run = await fireTrigger(tester, trigger.id, id);
  expect(run).toMatchObject({ status: "failed", error: { code: "redirect_refused" } });
  expect(service.seen).toHaveLength(6);
});

test("a token is not sent to a host that is not allowed, and none is asked for", async () => {
  const credential = await makeCredential({ allowedHosts: [service.host] });
  const trigger = await makeTrigger(withCredential(credential.id));
  await getDb()
    .update(credentials)
    .set({ allowedHosts: ["orders.example.com"] })
    .where(eq(credentials.id, credential.id));
  const run = await fireTrigger(tester, trigger.id, id);
  expect(run).toMatchObject({ status: "failed", token: null, error: { code: "host_not_allowed" } });
  expect(service.seen).toHaveLength(0);
  expect((await sandbox.current.control.countTokenRequests({ clientId: credential.clientId })).total).toBe(0);
});

test("a refused token request fails the run with the provider's code", async () => {
  const credential = await makeCredential({ clientSecret: "wrong-secret" });
  const trigger = await makeTrigger(withCredential(credential.id));
  const run = await fireTrigger(tester, trigger.id, id);
  expect(run).toMatchObject({
    status: "failed",
    token: null,
    response: null,
    error: { code: "token_request_refused", providerCode: "invalid_client" },
  });
  expect(run.error?.hint).toBeTruthy();
  expect(service.seen).toHaveLength(0);
});

test("a disabled credential stops its runs", async () => {
  const credential = await makeCredential();
  const trigger = await makeTrigger(withCredential(credential.id));
  await fireTrigger(tester, trigger.id, id);
  await setCredentialEnabled(tester, credential.id, false);
  const run = await fireTrigger(tester, trigger.id, id);
  expect(run).toMatchObject({ status: "failed", error: { code: "credential_disabled" } });
  expect(service.seen).toHaveLength(1);
});

test.each([
  [404, "service_error"],
  [500, "service_error"],
])("an answer %s fails the run with %s and keeps the answer", async (status, code) => {
  const trigger = await makeTrigger();
  service.answer = () => ({ status, body: '{"message":"no"}' });
  const run = await fireTrigger(tester, trigger.id, id);
  expect(run).toMatchObject({ status: "failed", error: { code }, response: { status, body: '{"message":"no"}' } });
});

test("a service that does not answer ends at the transport's timeout", async () => {
  const trigger = await makeTrigger({ transport: { timeoutMs: 150 } });
  service.answer = () => ({ body: null });
  const run = await fireTrigger(tester, trigger.id, id);
  expect(run).toMatchObject({ status: "failed", error: { code: "timeout" }, response: null });
  expect(run.request?.url).toBe(`${service.url}/v1/orders`);
});

test("a run ends at the trigger's max execution time", async () => {
  const trigger = await makeTrigger({ trigger: { maxExecutionMs: 150 } });
  service.answer = () => ({ body: null });
  const run = await fireTrigger(tester, trigger.id, id);
  expect(run.error).toMatchObject({
    code: "timeout",
    message: expect.stringContaining("max execution time of 150 ms"),
  });
});

test("an answer over the limit is refused", async () => {
  const trigger = await makeTrigger({ transport: { maxResponseBytes: 1024 } });
  service.answer = () => ({ body: "x".repeat(2000) });
  expect((await fireTrigger(tester, trigger.id, id)).error).toMatchObject({ code: "response_too_large" });
});

test("a service that is not there fails the run", async () => {
  // No program listens on port 1, and none gets it as a free port.
  const trigger = await makeTrigger({ http: { url: "http://127.0.0.1:1" } });
  expect(await fireTrigger(tester, trigger.id, id)).toMatchObject({
    status: "failed",
    error: { code: "connection_failed" },
  });
});

test("text that a database can't hold and binary answers don't lose the run", async () => {
  const trigger = await makeTrigger();
  service.answer = () => ({ headers: { "content-type": "text/plain" }, body: "a\0b" });
  const text = await fireTrigger(tester, trigger.id, { variables: { id: "half \ud800 pair \0" } });
  expect(text.response?.body).toBe("a\ufffdb");
  expect(await getRun(tester, text.id)).toEqual(text);
  service.answer = () => ({ headers: { "content-type": "image/png" }, body: Buffer.from([137, 80, 78, 71, 0]) });
  const binary = await fireTrigger(tester, trigger.id, id);
  expect(binary.response).toMatchObject({ body: "[image/png, 5 bytes, not kept]", bodyBytes: 5 });
});

test("a missing variable is refused before a run is made", async () => {
  const trigger = await makeTrigger();
  await expect(fireTrigger(tester, trigger.id)).rejects.toMatchObject({ fields: [{ field: "variables.id" }] });
  expect((await listRuns(tester, { triggerId: trigger.id })).items).toEqual([]);
});

test("a disabled trigger does not run", async () => {
  const trigger = await makeTrigger({ trigger: { enabled: false } });
  await expect(fireTrigger(tester, trigger.id, id)).rejects.toMatchObject({ code: "trigger_disabled" });
});

test("a WS_SOAP transport whose WSDL could not be read says that it can't run", async () => {
  const transport = await createTransport(
    tester,
    transportInput.parse({
      name: "Stock",
      nodeId: line,
      type: "WS_SOAP",
      soap: { wsdlUrl: "https://erp.example.com/stock?wsdl", service: "Stock", port: "StockSoap12" },
    }),
  );
  const trigger = await createTrigger(
    tester,
    triggerInput.parse({ name: "Stock", nodeId: line, transportId: transport.id, request: { operation: "GetStock" } }),
  );
  await expect(fireTrigger(tester, trigger.id)).rejects.toMatchObject({
    code: "transport_unusable",
    message: "The transport's WSDL has not been read yet.",
  });
});

test("max in progress holds, and a finished run gives its place back", async () => {
  const trigger = await makeTrigger({ trigger: { maxInProgress: 2, request: { path: "/" } } });
  const gate = Promise.withResolvers<Answer>();
  service.answer = () => gate.promise;
  const inProgress = [fireTrigger(tester, trigger.id), fireTrigger(tester, trigger.id)];
  await expect.poll(() => service.seen).toHaveLength(2);
  const refused = await fireTrigger(tester, trigger.id);
  expect(refused).toMatchObject({ status: "failed", attempts: 0, error: { code: "too_many_in_progress" } });
  expect(await getRun(tester, refused.id)).toEqual(refused);
  gate.resolve({});
  expect((await Promise.all(inProgress)).map((run) => run.status)).toEqual(["succeeded", "succeeded"]);
  expect(service.seen).toHaveLength(2);
  expect(await getDb().select().from(runLeases)).toEqual([]);
  expect(await fireTrigger(tester, trigger.id)).toMatchObject({ status: "succeeded" });
});

test("a place whose process died comes free at its deadline", async () => {
  const trigger = await makeTrigger({ trigger: { maxInProgress: 1, request: { path: "/" } } });
  const lease = { runId: randomUUID(), triggerId: trigger.id };
  await getDb()
    .insert(runLeases)
    .values({ ...lease, until: new Date(Date.now() + 3_600_000) });
  expect((await fireTrigger(tester, trigger.id)).error?.code).toBe("too_many_in_progress");
  await getDb()
    .update(runLeases)
    .set({ until: new Date(Date.now() - 1000) });
  expect(await fireTrigger(tester, trigger.id)).toMatchObject({ status: "succeeded" });
});

test("an edit holds from the next poll of the change counter", async () => {
  await pollChanges();
  const trigger = await makeTrigger({ trigger: { request: { path: "/old" } } });
  await pollChanges();
  await fireTrigger(tester, trigger.id);
  await updateTrigger(tester, trigger.id, { version: 1, request: { path: "/new", query: [], headers: [], body: "" } });
  await updateTransport(tester, trigger.transportId, {
    version: 1,
    http: { url: `${service.url}/v2`, method: "PUT", headers: [] },
  });
  await pollChanges();
  await fireTrigger(tester, trigger.id);
  expect(service.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(["POST /v1/old", "PUT /v2/new"]);
});

test("a run needs the permission on the trigger's node, and so does its receipt", async () => {
  const trigger = await makeTrigger();
  const elsewhere = await insertNode("Elsewhere");
  const as = (grants: Context["grants"]): Context => ({ ...tester, grants });
  const operator = as([{ role: "operator", nodeId }]);
  const run = await fireTrigger(operator, trigger.id, id);
  expect(await getRun(operator, run.id)).toMatchObject({ id: run.id });
  const stranger = as([{ role: "operator", nodeId: elsewhere }]);
  await expect(fireTrigger(stranger, trigger.id, id)).rejects.toMatchObject({ code: "forbidden" });
  await expect(getRun(stranger, run.id)).rejects.toMatchObject({ code: "forbidden" });
  expect((await listRuns(stranger)).items).toEqual([]);
  await expect(fireTrigger(as([{ role: "lead", nodeId: null }]), trigger.id, id)).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("a test of a transport sends one request with its Authorization and is a run of its own", async () => {
  const credential = await makeCredential();
  const trigger = await makeTrigger(withCredential(credential.id));
  const run = await testTransport(tester, trigger.transportId, { path: "/ping?x=1", method: "GET" });
  expect(run).toMatchObject({
    event: "test",
    status: "succeeded",
    triggerId: null,
    token: { credentialId: credential.id },
  });
  expect(service.seen[0]).toMatchObject({ method: "GET", url: "/v1/ping?x=1" });
  expect((await listRuns(tester, { transportId: trigger.transportId, event: "test" })).items).toMatchObject([
    { id: run.id },
  ]);
});

test("a preview shows the request without sending anything", async () => {
  const credential = await makeCredential();
  const trigger = await makeTrigger(withCredential(credential.id));
  const preview = await previewTrigger(tester, {
    transportId: trigger.transportId,
    request: { path: "/orders/{{variables.id}}", body: '{"id":{{variables.n}}}' },
    variables: { id: "a/b", n: 7 },
  });
  expect(preview).toMatchObject({ method: "POST", url: `${service.url}/v1/orders/a%2Fb`, body: '{"id":7}' });
  expect(preview.headers).toContainEqual({ name: "authorization", value: "Bearer [removed]" });
  expect(service.seen).toHaveLength(0);
});

test("runs are listed newest first with filters, in pages that miss nothing", async () => {
  const trigger = await makeTrigger();
  const all = [];
  for (let count = 0; count < 5; count++) {
    service.answer = () => ({ status: count === 2 ? 500 : 200 });
    all.unshift((await fireTrigger(tester, trigger.id, id)).id);
  }
  const first = await listRuns(tester, { triggerId: trigger.id, limit: 3 });
  const second = await listRuns(tester, { triggerId: trigger.id, limit: 3, cursor: first.nextCursor! });
  expect([...first.items, ...second.items].map((run) => run.id)).toEqual(all);
  expect(second.nextCursor).toBeNull();
  const failed = await listRuns(tester, { triggerId: trigger.id, status: "failed", nodeId });
  expect(failed.items).toMatchObject([
    { id: all[2], responseStatus: 500, nodeName: "Line", error: { code: "service_error" } },
  ]);
  const { startedAt } = first.items[1]!;
  const since = await listRuns(tester, { triggerId: trigger.id, since: startedAt });
  expect(since.items.every((run) => run.startedAt >= startedAt)).toBe(true);
  const until = await listRuns(tester, { triggerId: trigger.id, until: startedAt });
  expect(until.items.every((run) => run.startedAt < startedAt)).toBe(true);
  expect([...since.items, ...until.items].map((run) => run.id)).toEqual(all);
});
