import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { getPool } from "#lib/platform/db/client.ts";
import { formsOf } from "#scripts/secret-forms.ts";
import { insertApiKey, serveTestPortal } from "#scripts/test-portal.ts";
import { entraInput } from "#scripts/test-sandbox.ts";
import { forgetDatabaseFigures } from "./database-figures.ts";
import { describeProcess } from "./describe-process.ts";
import { listenForScrapes } from "./listen.ts";

const { api, sandbox } = serveTestPortal();
const secret = "canary-metrics-secret~&?";
let port: NonNullable<Awaited<ReturnType<typeof listenForScrapes>>>;

beforeAll(async () => {
  port = (await listenForScrapes({ port: 0, address: "127.0.0.1" }))!;
  const node = await api.call("POST", "/nodes", { body: { name: "Canary node", parentId: null } });
  const input = entraInput(sandbox(), { name: "Canary credential", clientSecret: secret });
  expect((await api.call("POST", "/credentials", { body: input })).status).toBe(201);
  const transport = await api.call("POST", "/transports", {
    body: { name: "Canary transport", nodeId: node.json.id, type: "HTTP", http: { url: sandbox().serviceUrl } },
  });
  const trigger = await api.call("POST", "/triggers", {
    body: { name: "Canary trigger", nodeId: node.json.id, transportId: transport.json.id, request: { path: "/" } },
  });
  expect((await api.call("POST", `/triggers/${trigger.json.id}/run`, { body: {} })).status).toBe(200);
  expect((await api.call("GET", "/runs?status=canary")).status).toBe(422);
  const event = { kind: "webhook", slug: "canary-slug", authentication: "api_key" };
  const hooked = await api.call("POST", "/triggers", {
    body: { name: "Canary hook", nodeId: node.json.id, transportId: transport.json.id, request: { path: "/" }, event },
  });
  expect(hooked.status, hooked.text).toBe(201);
  expect((await api.call("POST", "/api/hooks/canary-slug", { body: {} })).status).toBe(200);
  expect((await api.call("POST", "/api/hooks/canary-slug", { body: {}, key: "wrong" })).status).toBe(401);
  expect((await api.call("POST", "/api/hooks/canary-unknown", { body: {} })).status).toBe(404);
});
afterAll(() => port.stop());

const scrape = async (path = "/metrics") => {
  const answer = await fetch(`http://127.0.0.1:${port.port}${path}`);
  return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
};

/** Samples by name and labels, of the text format 0.0.4; a line that is none fails. */
function parse(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split("\n").filter((each) => each !== "" && !each.startsWith("# "))) {
    const [, series, value] =
      /^([a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\]|\\.)*",?)*\})?) (\S+)$/.exec(line) ?? [];
    expect(series, line).toBeDefined();
    samples.set(series!, Number(value === "Nan" ? Number.NaN : value));
  }
  return samples;
}

describe("who may read metrics", () => {
  test("is a key for metrics and an admin's, nobody else", async () => {
    const read = async (key: string) => (await api.call("GET", "/metrics", { key })).status;
    expect(await read(await insertApiKey("metrics"))).toBe(200);
    expect(await read(await insertApiKey("admin"))).toBe(200);
    for (const role of ["engineer", "operator", "lead"] as const) {
      expect(await read(await insertApiKey(role)), role).toBe(403);
    }
    expect(await read("")).toBe(401);
    expect(await read("made-up")).toBe(401);
  });

  test("a key for metrics of one node is refused at the field", async () => {
    const { json: nodes } = await api.call("GET", "/nodes");
    const body = { name: "Prometheus", role: "metrics", nodeId: nodes.items[0].id };
    const refused = await api.call("POST", "/api-keys", { body });
    expect([refused.status, refused.json.errors?.[0]?.field]).toEqual([422, "nodeId"]);
    expect((await api.call("POST", "/api-keys", { body: { ...body, nodeId: null } })).json.role).toBe("metrics");
  });
});

describe("what metrics tell", () => {
  // While the clock stands still, a slow database isn't taken for one that doesn't answer.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("runs, token requests, requests of programs, credentials, connections and the process", async () => {
    describeProcess("web");
    forgetDatabaseFigures();
    const { status, type, text } = await scrape();
    expect([status, type]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
    const samples = parse(text);
    const sum = (pattern: RegExp) =>
      [...samples].reduce((total, [series, value]) => (pattern.test(series) ? total + value : total), 0);
    expect(sum(/^sallyport_runs_total\{event="on_demand",/)).toBe(1);
    expect(sum(/^sallyport_run_duration_seconds_count\{event="on_demand"/)).toBe(1);
    expect(sum(/^sallyport_token_requests_total\{host="[^"]+",grant="client_credentials",outcome=/)).toBeGreaterThan(0);
    expect(sum(/^sallyport_token_request_duration_seconds_count/)).toBeGreaterThan(0);
    expect(samples.get('sallyport_api_requests_total{operation="POST /triggers/{id}/run",status="200"}')).toBe(1);
    expect(samples.get('sallyport_api_requests_total{operation="GET /runs",status="422"}')).toBe(1);
    for (const answered of [200, 401, 404]) {
      const series = `sallyport_api_requests_total{operation="POST /api/hooks/{slug}",status="${answered}"}`;
      expect(samples.get(series), series).toBe(1);
    }
    expect(sum(/^sallyport_api_request_duration_seconds_count\{operation="POST \/api\/hooks\/\{slug\}"/)).toBe(3);
    expect(sum(/^sallyport_credentials\{status=/)).toBe(1);
    expect(samples.get("sallyport_database_up")).toBe(1);
    expect(samples.get('sallyport_credential_secrets_ending{within="30d"}')).toBe(0);
    expect(samples.get('sallyport_database_connections{state="waiting"}')).toBe(0);
    expect(samples.get("process_cpu_seconds_total")).toBeGreaterThan(0);
    expect(sum(/^sallyport_build_info\{version="\d+\.\d+\.\d+",node="[\d.]+",process="web"\}/)).toBe(1);
  });

  test("no secret and no name that people gave", async () => {
    const { text } = await scrape();
    for (const form of Object.values(formsOf(secret))) expect(text).not.toContain(form);
    expect(text.toLowerCase()).not.toContain("canary");
  });

  test("the database is asked once for scrapes that come together", async () => {
    forgetDatabaseFigures();
    const asked = vi.spyOn(getPool(), "query");
    await Promise.all(Array.from({ length: 8 }, () => scrape()));
    expect(asked).toHaveBeenCalledTimes(1);
    asked.mockRestore();
  });

  test("without the database a scrape still answers, without figures of before", async () => {
    forgetDatabaseFigures();
    const broken = vi.spyOn(getPool(), "query").mockImplementation(() => Promise.reject(new Error("gone")));
    const { status, text } = await scrape();
    expect(status).toBe(200);
    const samples = parse(text);
    expect(samples.get("sallyport_database_up")).toBe(0);
    expect([...samples.keys()].filter((series) => series.startsWith("sallyport_credentials{"))).toEqual([]);
    expect(samples.get("sallyport_refresh_overdue")).toBeNaN();
    expect(await scrape("/readyz")).toMatchObject({ status: 503 });
    expect(await scrape("/healthz")).toMatchObject({ status: 200 });
    broken.mockRestore();
  });

  test("on its own port there are the probes and nothing else", async () => {
    expect(await scrape("/readyz")).toMatchObject({ status: 200, text: "ready\n" });
    expect((await scrape("/api/v1/credentials")).status).toBe(404);
  });
});
