import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { isNotNull } from "drizzle-orm";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signInThrottles } from "#drizzle/schema/sign-in-throttles.ts";
import { webhookMessages } from "#drizzle/schema/webhook-messages.ts";
import { writeCurlExample } from "#lib/delivery/webhooks/curl-example.ts";
import { getDb, getPool } from "#lib/platform/db/client.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { insertApiKey, serveTestPortal } from "#scripts/test-portal.ts";
import { type Seen, setUpService } from "#scripts/test-service.ts";
import { setUpWorkers } from "#scripts/test-workers.ts";

const { api } = serveTestPortal();
const service = setUpService();
const workers = setUpWorkers();

let nodeId: string;
let transportId: string;
beforeAll(async () => {
  nodeId = await insertNode("Plant");
  const http = { url: service.url, method: "POST" };
  transportId = (await api.call("POST", "/transports", { body: { name: "Orders", nodeId, type: "HTTP", http } })).json
    .id;
});

const request = {
  path: "/{{webhook.body.order.id}}",
  query: { site: "{{webhook.query.site}}" },
  headers: [{ name: "X-Source", value: "{{webhook.headers.x-source}}" }],
  body: '{"lines":{{webhook.body.order.lines}},"note":"{{webhook.body.note}}"}',
};
const order = { order: { id: "47 11", lines: [{ sku: "A", count: 2 }] }, note: 'say "hi"' };

async function makeTrigger(event: Record<string, unknown> = {}, fields: Record<string, unknown> = {}) {
  const slug = `hook-${randomUUID().slice(0, 8)}`;
  const body = { name: slug, nodeId, transportId, request, event: { kind: "webhook", slug, ...event }, ...fields };
  const { status, json } = await api.call("POST", "/triggers", { body });
  expect(status, JSON.stringify(json)).toBe(201);
  return { ...json, slug } as { id: string; version: number; slug: string; webhookSecret: string };
}

type Options = { id?: string; secret?: string; at?: Date; headers?: Record<string, string>; query?: string };

/** Sends a message as the reference implementation of Standard Webhooks signs it. */
function send(trigger: { slug: string; webhookSecret: string }, body: unknown = order, options: Options = {}) {
  const {
    id = `msg_${randomUUID()}`,
    secret = trigger.webhookSecret,
    at = new Date(),
    query = "site=Plant+7",
  } = options;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return api.call("POST", `/api/hooks/${trigger.slug}?${query}`, {
    key: "",
    body: text,
    headers: {
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
      "webhook-signature": new Webhook(secret).sign(id, at, text),
      "x-source": "shop",
      ...options.headers,
    },
  });
}

describe("a signed message", () => {
  test("makes a run, its parts in the request, and is answered with it", async () => {
    const trigger = await makeTrigger();
    expect(trigger.webhookSecret).toMatch(/^whsec_/);
    const { status, json, headers } = await send(trigger);
    expect([status, json.status, json.event]).toEqual([200, "succeeded", "webhook"]);
    expect(json.actor).toBe(`Webhook ${trigger.slug}`);
    expect(headers.get("location")).toBe(`/api/v1/runs/${json.id}`);
    expect((await api.call("GET", `/runs/${json.id}`)).json).toEqual(json);
    const [seen] = service.seen;
    expect(seen).toMatchObject({ method: "POST", url: "/47%2011?site=Plant%207" });
    expect(seen?.headers["x-source"]).toBe("shop");
    expect(JSON.parse(seen!.body)).toEqual({ lines: order.order.lines, note: order.note });
  });

  test("that fails at the service is answered with 200 and the failed run", async () => {
    const trigger = await makeTrigger();
    service.answer = () => ({ status: 500 });
    const { status, json } = await send(trigger);
    expect([status, json.status, json.error.code]).toEqual([200, "failed", "service_error"]);
  });

  test("of the wrong shape is refused with the part that is missing, and may be sent again", async () => {
    const trigger = await makeTrigger();
    const id = "msg_shape";
    const { status, json } = await send(trigger, { order: { lines: [] }, note: "" }, { id });
    expect([status, json.errors]).toEqual([422, [{ field: "webhook.body.order.id", message: expect.any(String) }]]);
    expect((await send(trigger, order, { id })).status).toBe(200);
  });
});

describe("who may send", () => {
  test("a wrong signature, an old one, another body and none at all are refused alike, without saying why", async () => {
    const trigger = await makeTrigger();
    const wrong = await makeTrigger();
    const answers = [
      await send(trigger, order, { secret: wrong.webhookSecret }),
      await send(trigger, order, { at: new Date(Date.now() - 6 * 60_000) }),
      await send(trigger, order, { at: new Date(Date.now() + 60 * 60_000) }),
      await send(trigger, order, { headers: { "webhook-id": "msg_other" } }),
      await send(trigger, order, { headers: { "webhook-signature": "" } }),
      await api.call("POST", `/api/hooks/${trigger.slug}`, { key: "", body: order }),
    ];
    for (const { status, json } of answers) {
      expect([status, json.code]).toEqual([401, "webhook_signature_invalid"]);
      const { instance: _, correlationId: __, ...rest } = json;
      const { instance: ___, correlationId: ____, ...first } = answers[0]!.json;
      expect(rest).toEqual(first);
    }
    expect(service.seen).toEqual([]);
  });

  test("wrong signatures are held up after a while, right ones never", async () => {
    const trigger = await makeTrigger();
    const { webhookSecret: secret } = await makeTrigger();
    const statuses: number[] = [];
    for (let n = 0; n < 20; n++) statuses.push((await send(trigger, order, { secret })).status);
    expect(statuses).toEqual(Array(20).fill(401));
    const [throttle] = await getDb().select().from(signInThrottles).where(isNotNull(signInThrottles.blockedUntil));
    expect(throttle!.blockedUntil!.getTime() - throttle!.lastAttemptAt.getTime()).toBe(30_000);
    // However long the next requests take.
    await getDb()
      .update(signInThrottles)
      .set({ blockedUntil: new Date(Date.now() + 3_600_000) });
    for (let n = 0; n < 2; n++) expect((await send(trigger, order, { secret })).status).toBe(429);
    expect((await send(trigger)).status).toBe(200);
    await getDb().delete(signInThrottles);
  });

  test("an API key whose role may run the trigger counts too, whatever the authentication; another one does not", async () => {
    const signed = await makeTrigger();
    const keyed = await makeTrigger({ authentication: "api_key" });
    expect(keyed.webhookSecret).toBeNull();
    const operator = await insertApiKey("operator");
    const lead = await insertApiKey("lead");
    const elsewhere = await insertApiKey("operator", await insertNode("Elsewhere"));
    for (const { slug } of [signed, keyed]) {
      const path = `/api/hooks/${slug}?site=1`;
      const headers = { "x-source": "shop" };
      const run = await api.call("POST", path, { key: operator, body: order, headers });
      expect([run.status, run.json.status]).toEqual([200, "succeeded"]);
      expect(run.json.actor).toMatch(/^API key operator/);
      for (const key of [lead, elsewhere]) {
        expect((await api.call("POST", path, { key, body: order, headers })).json.code).toBe("forbidden");
      }
      expect((await api.call("POST", path, { key: "made_up", body: order, headers })).status).toBe(401);
    }
    expect((await api.call("POST", `/api/hooks/${keyed.slug}`, { key: "", body: order })).status).toBe(401);
  });

  test("what authenticates the sender never gets into the request", async () => {
    const leaky = {
      path: "/",
      body: "{{webhook.headers | json}}",
      headers: [{ name: "Content-Type", value: "text/plain" }],
    };
    const trigger = await makeTrigger({}, { request: leaky });
    expect((await send(trigger)).status).toBe(200);
    const key = await insertApiKey("operator");
    await api.call("POST", `/api/hooks/${trigger.slug}`, { key, body: order, headers: { cookie: "sid=secret" } });
    const sent = service.seen.map(({ body }) => body).join("\n");
    expect(sent).toContain("webhook-id");
    expect(sent).not.toMatch(/authorization|v1,|cookie|secret/i);
    expect(sent).not.toContain(key);
  });

  test("a new secret counts at once, the one before until its time is over", async () => {
    const trigger = await makeTrigger();
    const rotate = (overlapHours: number) =>
      api.call("POST", `/triggers/${trigger.id}/rotate-secret`, { body: { overlapHours } });
    const first = await rotate(1);
    expect(first.json).toEqual({
      secret: expect.stringMatching(/^whsec_/),
      secretSetAt: expect.any(String),
      previousSecretUntil: expect.any(String),
    });
    const { secret } = first.json;
    expect((await send(trigger, order, { secret })).status).toBe(200);
    expect((await send(trigger)).status).toBe(200);
    await getPool().query("update webhooks set previous_until = now() - interval '1 second' where trigger_id = $1", [
      trigger.id,
    ]);
    await getPool().query("update change_counter set value = value + 1");
    expect((await send(trigger)).status).toBe(401);
    expect((await send(trigger, order, { secret })).status).toBe(200);
    const second = await rotate(0);
    expect(second.json.previousSecretUntil).toBeNull();
    expect((await send(trigger, order, { secret })).status).toBe(401);
    const read = await api.call("GET", `/triggers/${trigger.id}`);
    expect(read.json.webhook).toMatchObject({ path: `/api/hooks/${trigger.slug}`, secretSetAt: expect.any(String) });
    expect(read.text).not.toContain("whsec_");
    const audit = await api.call("GET", "/audit");
    expect(audit.text).toContain("trigger.rotate_secret");
    expect(audit.text).not.toContain("whsec_");
    const keyed = await makeTrigger({ authentication: "api_key" });
    expect((await api.call("POST", `/triggers/${keyed.id}/rotate-secret`)).status).toBe(409);
  });
});

describe("a repeat", () => {
  test("of a message is answered with the first one's run, and sends nothing", async () => {
    const trigger = await makeTrigger();
    const first = await send(trigger, order, { id: "msg_again" });
    const again = await send(trigger, order, { id: "msg_again", at: new Date(Date.now() + 1000) });
    expect([again.status, again.json]).toEqual([200, first.json]);
    expect(service.seen).toHaveLength(1);
    // Another webhook has messages of its own.
    expect((await send(await makeTrigger(), order, { id: "msg_again" })).json.id).not.toBe(first.json.id);
  });

  test("that comes while the first one is worked on is told so; many at once make one run", async () => {
    const trigger = await makeTrigger();
    const gate = Promise.withResolvers<object>();
    service.answer = () => gate.promise;
    const all = Array.from({ length: 10 }, () => send(trigger, order, { id: "msg_many" }));
    await expect.poll(() => service.seen).toHaveLength(1);
    const early = await Promise.race(all);
    expect([early.status, early.json.code]).toEqual([409, "webhook_message_in_progress"]);
    expect(early.headers.get("retry-after")).toBe("2");
    gate.resolve({});
    const answers = await Promise.all(all);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(1);
    expect(new Set(answers.filter(({ status }) => status === 200).map(({ json }) => json.id)).size).toBe(1);
    expect(service.seen).toHaveLength(1);
  });

  test("by Idempotency-Key is known too, with an API key; for another body the key is refused", async () => {
    const trigger = await makeTrigger({ authentication: "api_key" });
    const post = (body: unknown, key: string) =>
      api.call("POST", `/api/hooks/${trigger.slug}?site=1`, {
        body,
        headers: { "idempotency-key": key, "x-source": "shop" },
      });
    const first = await post(order, "a");
    expect((await post(order, "a")).json).toEqual(first.json);
    const other = await post({ ...order, note: "" }, "a");
    expect([other.status, other.json.errors[0].field]).toEqual([422, "Idempotency-Key"]);
    expect((await post(order, "b")).json.id).not.toBe(first.json.id);
    expect(service.seen).toHaveLength(2);
  });

  test("of a message whose process died says that it is not known what became of it", async () => {
    const trigger = await makeTrigger();
    const first = await send(trigger, order, { id: "msg_lost" });
    await getPool().query("delete from runs where id = $1", [first.json.id]);
    await getDb()
      .update(webhookMessages)
      .set({ until: new Date(Date.now() - 1000) });
    const again = await send(trigger, order, { id: "msg_lost" });
    expect([again.status, again.json.id, again.json.error.code]).toEqual([200, first.json.id, "interrupted"]);
    expect((await send(trigger, order, { id: "msg_lost" })).json).toEqual(again.json);
    expect(service.seen).toHaveLength(1);
  });
});

describe("without waiting", () => {
  test("a message is accepted with 202, its run is made by a worker, and survives that nobody was there", async () => {
    const trigger = await makeTrigger({ respond: "accepted" });
    const { status, json, headers } = await send(trigger, order, { id: "msg_async" });
    expect([status, json.status, json.attempts]).toEqual([202, "queued", 0]);
    expect(headers.get("location")).toBe(`/api/v1/runs/${json.id}`);
    const again = await send(trigger, order, { id: "msg_async" });
    expect([again.status, again.json.id]).toEqual([202, json.id]);
    const preferred = await send(await makeTrigger(), order, { headers: { prefer: "respond-async, wait=10" } });
    expect(preferred.status).toBe(202);
    const [worker] = await workers.start(1);
    for (const { id } of [json, preferred.json]) {
      await expect.poll(async () => (await api.call("GET", `/runs/${id}`)).json.status).toBe("succeeded");
    }
    const done = await send(trigger, order, { id: "msg_async" });
    expect([done.status, done.json.status]).toEqual([200, "succeeded"]);
    expect(service.seen.map(({ url }: Seen) => url)).toEqual(["/47%2011?site=Plant%207", "/47%2011?site=Plant%207"]);
    await workers.end(worker!, "SIGTERM");
  });

  test("over the limit it waits, and what does not fit is 429 with the run that says so, and may be sent again", async () => {
    const trigger = await makeTrigger({}, { maxInProgress: 1, queueSize: 1 });
    await getPool().query(
      "insert into run_leases (run_id, trigger_id, until) values (gen_random_uuid(), $1, now() + interval '1 hour')",
      [trigger.id],
    );
    const waits = await send(trigger);
    expect([waits.status, waits.json.status]).toEqual([202, "queued"]);
    const refused = await send(trigger, order, { id: "msg_full" });
    expect([refused.status, refused.json.code]).toEqual([429, "queue_full"]);
    expect(refused.headers.get("retry-after")).toBe("5");
    const run = await api.call("GET", `/runs/${refused.json.runId}`);
    expect(run.json).toMatchObject({ status: "failed", event: "webhook", error: { code: "queue_full" } });
    await getPool().query("delete from run_leases");
    await api.call("POST", `/runs/${waits.json.id}/cancel`);
    expect((await send(trigger, order, { id: "msg_full" })).json.status).toBe("succeeded");
  });
});

describe("commands of the shell", () => {
  const shell = promisify(execFile);
  const environment = () => ({
    ...process.env,
    SALLYPORT: api.url,
    KEY: api.key ?? "",
    NODE: nodeId,
    TRANSPORT: transportId,
  });
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sallyport-shell-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const run = async (script: string) =>
    (await shell("bash", ["-euo", "pipefail", "-c", script], { env: environment(), cwd: folder })).stdout;
  const helpers = `
    call() { curl -sS -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' "$@"; echo; }
    field() { node -p "JSON.parse(fs.readFileSync(0, 'utf8')).$1"; }`;

  test("of docs/triggers.md work when they are pasted one after the other", async () => {
    const text = await readFile("docs/triggers.md", "utf8");
    const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block);
    expect(blocks.length).toBeGreaterThan(5);
    const output = await run([helpers, ...blocks].join("\n"));
    const made = output.match(/"status":"succeeded"/g) ?? [];
    expect(made, output).toHaveLength(2);
    expect(service.seen.map(({ body }) => JSON.parse(body).id)).toEqual(["4711", "4712"]);
  });

  test("of the example on the trigger's page work, whatever the request uses", async () => {
    const trigger = await makeTrigger();
    const body = { ...order, note: `it's $HOME "quoted" \`here\`` };
    const signed = writeCurlExample(`${api.url}/api/hooks/${trigger.slug}?site=1`, "signature", body);
    const keyed = writeCurlExample(`${api.url}/api/hooks/${trigger.slug}?site=1`, "api_key", body);
    const plain = {
      path: "/",
      body: "{{webhook.body | json}}",
      headers: [{ name: "Content-Type", value: "text/plain" }],
    };
    await api.call("PATCH", `/triggers/${trigger.id}`, { body: { version: 1, request: plain } });
    for (const script of [signed.replace("whsec_…", trigger.webhookSecret), keyed.replace("'…'", `'${api.key}'`)]) {
      expect(await run(script)).toContain('"status":"succeeded"');
    }
    expect(service.seen.map((seen) => JSON.parse(seen.body))).toEqual([body, body]);
  });
});

describe("what can't be taken", () => {
  test("an unknown slug is 404, another method 405, a disabled trigger 409 to who may send", async () => {
    const unknown = await api.call("POST", "/api/hooks/nobody-home", { key: "", body: {} });
    expect([unknown.status, unknown.json.code]).toEqual([404, "not_found"]);
    const trigger = await makeTrigger({}, { enabled: false });
    const read = await api.call("GET", `/api/hooks/${trigger.slug}`);
    expect([read.status, read.headers.get("allow")]).toEqual([405, "POST"]);
    const disabled = await send(trigger);
    expect([disabled.status, disabled.json.code]).toEqual([409, "trigger_disabled"]);
    expect((await api.call("POST", `/api/hooks/${trigger.slug}`, { key: "", body: {} })).status).toBe(401);
  });

  test("bodies: too large 413, broken JSON 400, another type 415; forms and text are taken", async () => {
    const echo = {
      path: "/",
      body: "{{webhook.body | json}}",
      headers: [{ name: "Content-Type", value: "text/plain" }],
    };
    const trigger = await makeTrigger({}, { request: echo });
    const as = (body: string, type: string) => send(trigger, body, { headers: { "Content-Type": type } });
    expect((await as("x".repeat(1024 * 1024 + 1), "text/plain")).status).toBe(413);
    expect((await as('{"a":', "application/json")).status).toBe(400);
    expect((await as("%PDF", "application/pdf")).status).toBe(415);
    expect((await as('{"a":"\\u0000"}', "application/json")).status).toBe(422);
    expect((await as("a=1&b=2&a=3", "application/x-www-form-urlencoded")).status).toBe(200);
    expect((await as("plain ü", "text/plain; charset=utf-8")).status).toBe(200);
    expect((await as("", "application/json")).status).toBe(200);
    const bodies = service.seen.map(({ body }) => JSON.parse(body));
    expect(bodies).toEqual([{ a: ["1", "3"], b: "2" }, "plain ü", null]);
  });

  test("a slug belongs to one trigger, whatever its case, and to nobody else when the trigger lets it go", async () => {
    const trigger = await makeTrigger();
    const body = { name: "Second", nodeId, transportId, request };
    const event = { kind: "webhook", slug: trigger.slug.toUpperCase() };
    const taken = await api.call("POST", "/triggers", { body: { ...body, event } });
    expect([taken.status, taken.json.code, taken.json.errors[0].field]).toEqual([409, "name_taken", "event.slug"]);
    const bad = await api.call("POST", "/triggers", { body: { ...body, event: { kind: "webhook", slug: "a/b" } } });
    expect([bad.status, bad.json.errors[0].field]).toEqual([422, "event.slug"]);
    const plain = { path: "/", body: "" };
    const change = { version: 1, event: { kind: "on_demand" }, request: plain };
    expect((await api.call("PATCH", `/triggers/${trigger.id}`, { body: change })).json.webhook).toBeNull();
    expect((await send(trigger)).status).toBe(404);
    const mine = await api.call("POST", "/triggers", { body: { ...body, event } });
    expect([mine.status, mine.json.event.slug]).toEqual([201, trigger.slug]);
  });
});

test("a slug with NUL is refused before the database sees it", async () => {
  expect((await fetch(`${api.url}/api/hooks/a%00b`, { method: "POST" })).status).toBe(422);
});
