import { expect, test } from "vitest";
import { serveTestPortal } from "#scripts/test-portal.ts";

const { api, sandbox } = serveTestPortal();
const traceId = "0af7651916cd43dd8448eb211c80319c";

test("a run, its answer and a problem carry the id of the caller's trace or request", async () => {
  const node = await api.call("POST", "/nodes", { body: { name: "Plant 7", parentId: null } });
  const transport = await api.call("POST", "/transports", {
    body: { name: "Orders", nodeId: node.json.id, type: "HTTP", http: { url: sandbox().serviceUrl } },
  });
  const trigger = await api.call("POST", "/triggers", {
    body: { name: "Send", nodeId: node.json.id, transportId: transport.json.id, request: { path: "/" } },
  });
  const fire = (headers: Record<string, string>) =>
    api.call("POST", `/triggers/${trigger.json.id}/run`, { body: {}, headers });

  const traced = await fire({ traceparent: `00-${traceId}-b7ad6b7169203331-01` });
  expect(traced.json).toMatchObject({ transportName: "Orders", correlationId: traceId });
  expect(traced.headers.get("x-correlation-id")).toBe(traceId);
  expect((await api.call("GET", `/runs/${traced.json.id}`)).json.correlationId).toBe(traceId);

  const named = await fire({ "X-Request-Id": "order-4711" });
  expect(named.json.correlationId).toBe("order-4711");

  const made = await fire({ "X-Request-Id": "no good <id>" });
  expect(made.json.correlationId).toMatch(/^[0-9a-f]{32}$/);
  expect(made.headers.get("x-correlation-id")).toBe(made.json.correlationId);

  const refused = await api.call("GET", "/runs/0", { headers: { "X-Request-Id": "order-4711" } });
  expect(refused.status).toBe(404);
  expect(refused.json.correlationId).toBe("order-4711");
});
