import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { systemContext } from "#lib/access/permissions/context.ts";
import { openAuthorization } from "#lib/delivery/runs/authorization.ts";
import { transportFields, typeFields } from "#lib/delivery/transports/definition.ts";
import { loadTransportPlan } from "#lib/delivery/transports/plan.ts";
import { transportInput, transportUpdate } from "#lib/delivery/transports/schema.ts";
import { openConnection } from "#lib/delivery/transports/send.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { createTransport } from "./create-transport.ts";
import { updateTransport } from "./update-transport.ts";

setUpTestDatabase();
const ctx = systemContext("Tester");
const http = { url: "https://orders.example.com/v1", method: "GET", headers: [] };
const proxy = { mode: "manual", url: "http://proxy.example.com:3128", username: "plant", bypass: [] };
const basic = { kind: "basic", username: "erp" };
let nodeId: string;
let otherNodeId: string;

beforeAll(async () => {
  nodeId = await insertNode("Plant");
  otherNodeId = await insertNode("Other plant");
});

/** Another value of each field, which keeps the passwords by the rules of editing. */
const edits: Record<string, () => unknown> = {
  name: () => `Renamed ${randomUUID()}`,
  nodeId: () => otherNodeId,
  connectTimeoutMs: () => 1000,
  timeoutMs: () => 2000,
  maxResponseBytes: () => 2048,
  followRedirects: () => true,
  notes: () => "Ours",
  authorization: () => ({ ...basic, username: "other" }),
  http: () => ({ url: "https://orders.example.com/v2", method: "POST", headers: [{ name: "x-plant", value: "7" }] }),
};
/** Fields whose change requires the passwords again, or of the other type. */
const others = ["type", "trustedCa", "trustedCaId", "proxy", "clientCertificate", "soap", "allowHosts"];

test("every field of a transport is tried below", () => {
  const fields = Object.keys({ ...transportFields, ...typeFields });
  expect([...Object.keys(edits), ...others].sort()).toEqual(fields.sort());
});

test.each(Object.entries(edits))("after an edit of %s, the passwords still open", async (field, make) => {
  const authorization = { ...basic, password: "canary-basic" };
  const input = { name: randomUUID(), nodeId, type: "HTTP", http, authorization };
  const saved = await createTransport(
    ctx,
    transportInput.parse({ ...input, proxy: { ...proxy, password: "canary-proxy" } }),
  );
  await updateTransport(ctx, saved.id, transportUpdate.parse({ version: 1, [field]: make() }));
  const { plan } = await loadTransportPlan(saved.id);
  expect(openAuthorization(plan, null)).toMatchObject({ password: "canary-basic" });
  expect(openConnection(plan).proxy).toMatchObject({ password: "canary-proxy" });
});
