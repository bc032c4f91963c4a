import { randomUUID } from "node:crypto";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { queuedRuns } from "#drizzle/schema/queued-runs.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { getTrigger } from "#lib/delivery/triggers/read-triggers.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { parseExactJson } from "#lib/platform/edges/exact-json.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { tester } from "#scripts/test-sandbox.ts";
import { fireTrigger } from "./fire.ts";

setUpTestDatabase({ SALLYPORT_EGRESS: "allow:loopback" });
let server: Server;
let answer: (socket: Socket) => void;
let received = Buffer.alloc(0);
let nodeId: string;
beforeAll(async () => {
  nodeId = await insertNode("Plant");
  server = createServer((socket) =>
    socket
      .on("error", () => undefined)
      .on("data", (chunk) => {
        received = chunk;
        answer(socket);
      }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => server.close());

async function makeTrigger(request: Record<string, unknown>, headers: { name: string; value: string }[] = []) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const transport = await createTransport(
    tester,
    transportInput.parse({ name: randomUUID(), nodeId, type: "HTTP", http: { url, method: "POST", headers } }),
  );
  const settings = { name: randomUUID(), nodeId, transportId: transport.id, request };
  return createTrigger(tester, triggerInput.parse(settings));
}

test("the receipt of a run that fails after the status line has what had arrived", async () => {
  answer = (socket) =>
    socket.write("HTTP/1.1 201 Created\r\nX-Order: 4711\r\nContent-Length: 100\r\n\r\nhalf", () => socket.destroy());
  const run = await fireTrigger(tester, (await makeTrigger({ body: "{}" })).id, {});
  expect(run).toMatchObject({
    status: "failed",
    error: { code: "connection_failed", message: expect.stringContaining("answered 201, but") },
    response: { status: 201, body: "half", headers: expect.arrayContaining([{ name: "x-order", value: "4711" }]) },
  });
});

test("a run succeeds if its response states a content coding that can't be undone, and the receipt has the text", async () => {
  answer = (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\nno. 4711");
  const run = await fireTrigger(tester, (await makeTrigger({ body: "{}" })).id, {});
  expect(run).toMatchObject({ status: "succeeded", response: { status: 200, body: "no. 4711" } });
});

test("a body is sent in the charset of its media type", async () => {
  answer = (socket) => socket.write("HTTP/1.1 204 No Content\r\n\r\n");
  const headers = [{ name: "Content-Type", value: "text/plain; charset=iso-8859-1" }];
  const trigger = await makeTrigger({ body: "{{variables.a}}" }, headers);
  expect(await fireTrigger(tester, trigger.id, { variables: { a: "ü" } })).toMatchObject({ status: "succeeded" });
  expect(received.subarray(-1)).toEqual(Buffer.of(0xfc));
  expect(received.toString("latin1")).toMatch(/content-length: 1\r\n/i);
  const refused = await fireTrigger(tester, trigger.id, { variables: { a: "漢" } });
  expect(refused).toMatchObject({ status: "failed", error: { code: "invalid_input" } });
});

test("a queued input keeps the digits of its numbers", async () => {
  const { id } = await makeTrigger({ body: "{}" });
  const variables = parseExactJson('{"id":8202522731445525542,"n":1}') as Record<string, unknown>;
  for (const input of [
    { variables, webhook: null, dueAt: null },
    { variables: { n: 1 }, webhook: null, dueAt: null },
  ]) {
    const row = { runId: randomUUID(), triggerId: id, event: "on_demand", actor: tester.actor, input };
    await getDb().insert(queuedRuns).values(row);
    const [stored] = await getDb().select().from(queuedRuns).where(eq(queuedRuns.runId, row.runId));
    expect(stored?.input).toEqual(input);
  }
});

test("a trigger that was stored with an object as its query is read and sent as a list", async () => {
  answer = (socket) => socket.write("HTTP/1.1 204 No Content\r\n\r\n");
  const { id } = await makeTrigger({ query: { a: "1" } });
  const request = { path: "", query: { b: "2", a: "1" }, headers: [], body: "" } as never;
  await getDb().update(triggers).set({ request }).where(eq(triggers.id, id));
  expect((await getTrigger(tester, id)).request).toMatchObject({ query: [{ name: "a" }, { name: "b" }] });
  expect((await fireTrigger(tester, id, {})).request?.url).toMatch(/\?a=1&b=2$/);
});
