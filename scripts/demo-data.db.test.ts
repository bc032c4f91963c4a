import { expect, test } from "vitest";
import { seedDemo } from "./demo-data.ts";
import { serveTestPortal } from "./test-portal.ts";

const { api, sandbox } = serveTestPortal();

test("the demo's sample data can be added twice, and its triggers run", async () => {
  const seed = () => seedDemo({ url: api.url, apiKey: api.key!, places: sandbox(), report: () => undefined });
  await seed();
  const before = (await api.call("GET", "/triggers")).json.items;
  await seed();
  const { items } = (await api.call("GET", "/triggers")).json;
  expect(items).toEqual(before);
  const variables = { id: "A-1", quantity: 2, site: "Plant 7", item: "AB-1234", machine: "Press 3" };
  const outcomes: Record<string, string> = {};
  for (const { id, name } of items as { id: string; name: string }[]) {
    const { json } = await api.call("POST", `/triggers/${id}/run`, {
      body: { variables, webhook: { body: { order: { id: "A-2", lines: [] } } } },
    });
    outcomes[name] = json.error?.code ?? json.status;
  }
  expect(outcomes).toMatchObject({
    "Send order": "succeeded",
    "Read orders": "succeeded",
    "Read stock": "succeeded",
    "Count the stock": "succeeded",
    "Order of the shop": "succeeded",
    "Report a fault": "token_request_refused",
  });
});
