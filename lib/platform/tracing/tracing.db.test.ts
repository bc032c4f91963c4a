import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tokens } from "#drizzle/schema/tokens.ts";
import { tokenCache } from "#lib/oauth/tokens/get-token.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { createLog } from "#lib/platform/log/log.ts";
import { formsOf } from "#scripts/secret-forms.ts";
import { serveTestPortal } from "#scripts/test-portal.ts";
import { entraInput } from "#scripts/test-sandbox.ts";
import { listen } from "#scripts/test-servers.ts";
import { startTracing } from "./start.ts";

type Span = {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  kind: number;
  status: { code?: number; message?: string };
  attributes: { key: string; value: Record<string, unknown> }[];
};

const secret = "canary-trace-secret~&?";
const bodies: string[] = [];
const told: (string | undefined)[] = [];
let stop: () => Promise<void>;
let triggerId = "";

// Before the environment is read.
const collector = await listen((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    if (request.url === "/v1/traces") bodies.push(body);
    response.setHeader("content-type", "application/json");
    response.end("{}");
  });
});
const service = await listen((request, response) => {
  told.push(request.headers.traceparent as string | undefined);
  response.end("{}");
});
process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${collector.port}`;
process.env.SALLYPORT_TRACEPARENT_HOSTS = "127.0.0.1";

const lines: string[] = [];
singleton("log", () => createLog("debug", { write: (line: string) => void lines.push(line) }));
const { api, sandbox } = serveTestPortal();

beforeAll(async () => {
  stop = await startTracing("web", 20);
  const node = await api.call("POST", "/nodes", { body: { name: "Plant 7", parentId: null } });
  const credential = await api.call("POST", "/credentials", { body: entraInput(sandbox(), { name: "Orders" }) });
  expect(credential.json.status).toBe("active");
  const transport = await api.call("POST", "/transports", {
    body: {
      name: "Orders",
      nodeId: node.json.id,
      type: "HTTP",
      http: { url: `http://127.0.0.1:${service.port}` },
      authorization: { kind: "credential", credentialId: credential.json.id },
    },
  });
  const trigger = await api.call("POST", "/triggers", {
    body: {
      name: "Send order",
      nodeId: node.json.id,
      transportId: transport.json.id,
      request: { path: "/hook/{{variables.key}}", query: { key: "{{variables.key}}" }, body: "{{variables.key}}" },
    },
  });
  triggerId = trigger.json.id;
});

afterAll(async () => {
  await stop();
  await Promise.all([collector.close(), service.close()]);
});

const spans = (): Span[] =>
  bodies.flatMap((body) =>
    JSON.parse(body).resourceSpans.flatMap((resource: { scopeSpans: { spans: Span[] }[] }) =>
      resource.scopeSpans.flatMap((scope) => scope.spans),
    ),
  );
const attribute = (span: Span | undefined, key: string) =>
  Object.values(span?.attributes.find((each) => each.key === key)?.value ?? {})[0];
const traceId = "0af7651916cd43dd8448eb211c80319c";

/** Spans of a trace by name, once so many have come. */
async function readTrace(id: string, count: number): Promise<Record<string, Span>> {
  await expect.poll(() => spans().filter((span) => span.traceId === id).length).toBe(count);
  return Object.fromEntries(spans().flatMap((span) => (span.traceId === id ? [[span.name, span]] : [])));
}

const fire = (key: string, headers: Record<string, string> = {}) =>
  api.call("POST", `/triggers/${triggerId}/run`, { body: { variables: { key } }, headers });

describe("a run", () => {
  test("is a trace of trigger, token, token request and send, under the caller's span", async () => {
    tokenCache.clear();
    await getDb().delete(tokens);
    const run = await fire(secret, { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    expect(run.json).toMatchObject({ status: "succeeded", correlationId: traceId });
    const trace = await readTrace(traceId, 4);
    expect(trace.run?.parentSpanId).toBe("b7ad6b7169203331");
    expect(trace.token?.parentSpanId).toBe(trace.run?.spanId);
    expect(trace["token request"]?.parentSpanId).toBe(trace.token?.spanId);
    expect(trace.send?.parentSpanId).toBe(trace.run?.spanId);
    expect(attribute(trace.run, "sallyport.run.id")).toBe(run.json.id);
    expect(attribute(trace.run, "sallyport.trigger.name")).toBe("Send order");
    expect(attribute(trace.token, "sallyport.token.source")).toMatch(/acquired|refreshed/);
    expect(attribute(trace.send, "server.address")).toBe("127.0.0.1");
    expect(Number(attribute(trace.send, "http.response.status_code"))).toBe(200);
    expect(told.at(-1)).toBe(`00-${traceId}-${trace.send?.spanId}-01`);
  });

  test("without a caller's trace begins one of its own, named by the correlation id", async () => {
    const run = await fire("7");
    const trace = await readTrace(run.json.correlationId, 3);
    expect(Object.keys(trace).sort()).toEqual(["run", "send", "token"]);
    expect(trace.run?.parentSpanId ?? "").toBe("");
    expect(attribute(trace.token, "sallyport.token.source")).toBe("cache");
  });

  test("of a caller that does not sample is in no trace", async () => {
    const unsampled = "1af7651916cd43dd8448eb211c80319c";
    await fire("7", { traceparent: `00-${unsampled}-b7ad6b7169203331-00` });
    const after = await fire("8");
    await readTrace(after.json.correlationId, 3);
    expect(spans().filter((span) => span.traceId === unsampled)).toEqual([]);
    expect(told.at(-2)).toMatch(`00-${unsampled}-`);
  });

  test("that fails says so by its code alone", async () => {
    await service.close();
    const run = await fire(secret);
    expect(run.json.status).toBe("failed");
    const trace = await readTrace(run.json.correlationId, 3);
    expect(trace.send?.status).toEqual({ code: 2, message: run.json.error.code });
    expect(trace.run?.status).toEqual({ code: 2, message: run.json.error.code });
  });
});

test("a service that is not named is told nothing", async () => {
  const other = await listen((request, response) => {
    told.push(request.headers.traceparent as string | undefined);
    response.end("{}");
  });
  const trigger = await api.call("GET", `/triggers/${triggerId}`);
  const { json: node } = await api.call("GET", `/nodes/${trigger.json.nodeId}`);
  const transport = await api.call("POST", "/transports", {
    body: { name: "Elsewhere", nodeId: node.id, type: "HTTP", http: { url: `http://localhost:${other.port}` } },
  });
  const elsewhere = await api.call("POST", "/triggers", {
    body: { name: "Elsewhere", nodeId: node.id, transportId: transport.json.id, request: { path: "/" } },
  });
  const run = await api.call("POST", `/triggers/${elsewhere.json.id}/run`, {
    body: {},
    headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
  });
  expect(run.json.status).toBe("succeeded");
  expect(told.at(-1)).toBeUndefined();
  await other.close();
});

test("no secret, path or query is in a trace or in the log, and log lines lead to the trace", async () => {
  const written = [...bodies, ...lines];
  const { clientSecret } = sandbox().clients.ordersApi;
  for (const text of [...Object.values(formsOf(secret)), ...Object.values(formsOf(clientSecret!))]) {
    expect(written.filter((each) => each.includes(text))).toEqual([]);
  }
  expect(bodies.join()).not.toContain("/hook/");
  expect(bodies.join()).not.toContain("eyJ");
  const ofRun = lines.map((line) => JSON.parse(line)).filter((line) => line.correlationId === traceId);
  expect(ofRun.length).toBeGreaterThan(0);
});
