import { eq } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import type { Role } from "#lib/access/permissions/permissions.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { deleteTransport } from "#lib/delivery/transport-edits/delete-transport.ts";
import { updateTransport } from "#lib/delivery/transport-edits/update-transport.ts";
import { transportInput, transportUpdate } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { deleteTrigger } from "#lib/delivery/trigger-edits/delete-trigger.ts";
import { updateTrigger } from "#lib/delivery/trigger-edits/update-trigger.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { getTrigger, listTriggers } from "./read-triggers.ts";
import { triggerInput } from "./schema.ts";

setUpTestDatabase();

const as = (...grants: [Role, string | null][]): Context => ({
  actor: { kind: "user", id: "0190c7a0-0000-7000-8000-000000000001", name: "Anna", sessionId: "s" },
  grants: grants.map(([role, nodeId]) => ({ role, nodeId })),
  address: "192.0.2.7",
});
const admin = as(["admin", null]);

let plant: string;
let office: string;
let transportId: string;
let soapId: string;
let count = 0;
beforeAll(async () => {
  plant = await insertNode("Plant");
  office = await insertNode("Office");
  transportId = await makeTransport(plant);
  const soap = { wsdlUrl: "https://erp.example.com/stock?wsdl", service: "Stock", port: "StockSoap12" };
  const input = transportInput.parse({ name: "Stock", nodeId: plant, type: "WS_SOAP", soap });
  soapId = (await createTransport(admin, input)).id;
});

async function makeTransport(nodeId: string): Promise<string> {
  const http = { url: "https://orders.example.com/v1", method: "POST" };
  const input = transportInput.parse({ name: `Orders ${++count}`, nodeId, type: "HTTP", http });
  return (await createTransport(admin, input)).id;
}

const make = (changes: Record<string, unknown> = {}) =>
  triggerInput.parse({
    name: `Send ${++count}`,
    nodeId: plant,
    transportId,
    request: { path: "/orders/{{variables.id}}", body: '{"note":"{{variables.note}}"}' },
    ...changes,
  });

test("a trigger comes back as it was entered, with the variables that it asks for", async () => {
  const created = await createTrigger(admin, make());
  expect({ ...(await getTrigger(admin, created.id)), webhookSecret: null }).toEqual(created);
  expect(created).toMatchObject({
    version: 1,
    enabled: true,
    event: { kind: "on_demand" },
    maxInProgress: 0,
    queueSize: 0,
    maxExecutionMs: 60_000,
    variables: ["id", "note"],
    jsonVariables: [],
    lastRun: null,
    transportType: "HTTP",
  });
});

test("a request must fit the transport's type", async () => {
  const soap = { request: { operation: "GetStock", arguments: { id: "{{variables.id}}" } } };
  await expect(createTrigger(admin, make(soap))).rejects.toMatchObject({ fields: [{ field: "request" }] });
  await expect(createTrigger(admin, make({ transportId: soapId }))).rejects.toMatchObject({
    fields: [{ field: "request" }],
  });
  expect(await createTrigger(admin, make({ ...soap, transportId: soapId }))).toMatchObject(soap);
});

test("a template that can't be read is refused with its field", async () => {
  await expect(createTrigger(admin, make({ request: { path: "/{{id}}" } }))).rejects.toMatchObject({
    code: "template_invalid",
    fields: [{ field: "request.path" }],
  });
});

test("an engineer uses transports of nodes on which they are an engineer", async () => {
  const engineer = as(["engineer", plant]);
  await createTrigger(engineer, make());
  await expect(createTrigger(engineer, make({ nodeId: office }))).rejects.toMatchObject({ code: "forbidden" });
  const elsewhere = await makeTransport(office);
  await expect(createTrigger(engineer, make({ transportId: elsewhere }))).rejects.toMatchObject({ code: "forbidden" });
  for (const role of ["lead", "operator"] as const) {
    const reader = as(["engineer", plant], [role, office]);
    await expect(createTrigger(reader, make({ transportId: elsewhere }))).rejects.toMatchObject({ code: "forbidden" });
  }
  await createTrigger(as(["engineer", plant], ["engineer", office]), make({ transportId: elsewhere }));
  await expect(createTrigger(as(["operator", plant]), make())).rejects.toMatchObject({ code: "forbidden" });
});

test("moving to another node needs the permission on both", async () => {
  const created = await createTrigger(admin, make());
  const move = { version: 1, nodeId: office };
  await expect(updateTrigger(as(["engineer", plant]), created.id, move)).rejects.toMatchObject({ code: "forbidden" });
  expect(await updateTrigger(as(["engineer", plant], ["engineer", office]), created.id, move)).toMatchObject({
    nodeId: office,
    version: 2,
  });
});

test("an edit from an old version is refused and says who changed what", async () => {
  const created = await createTrigger(admin, make());
  await updateTrigger(admin, created.id, { version: 1, enabled: false });
  await expect(updateTrigger(admin, created.id, { version: 1, notes: "mine" })).rejects.toMatchObject({
    code: "stale_version",
    details: { changed: ["enabled"], changedBy: ["Anna"], current: { enabled: false, version: 2 } },
  });
});

test("two triggers of a node can't have one name", async () => {
  const input = make();
  await createTrigger(admin, input);
  await expect(createTrigger(admin, input)).rejects.toMatchObject({ code: "name_taken" });
});

test("a trigger of a transport that has gone is refused at its field", async () => {
  const gone = await makeTransport(plant);
  await deleteTransport(admin, gone);
  await expect(createTrigger(admin, make({ transportId: gone }))).rejects.toMatchObject({
    fields: [{ field: "transportId" }],
  });
});

test("the type of a transport in use stays", async () => {
  const used = await makeTransport(plant);
  await createTrigger(admin, make({ transportId: used }));
  const soap = { wsdlUrl: "https://erp.example.com/stock?wsdl", service: "Stock", port: "StockSoap12" };
  const update = transportUpdate.parse({ version: 1, type: "WS_SOAP", soap });
  await expect(updateTransport(admin, used, update)).rejects.toMatchObject({
    fields: [{ field: "type" }],
  });
});

test("a deleted trigger is gone, and its changes are audited with what differed", async () => {
  const created = await createTrigger(admin, make());
  await updateTrigger(admin, created.id, { version: 1, maxExecutionMs: 5000 });
  await deleteTrigger(admin, created.id);
  await expect(getTrigger(admin, created.id)).rejects.toMatchObject({ code: "not_found" });
  const audit = await getDb().select().from(auditRecords).where(eq(auditRecords.targetId, created.id));
  expect(audit.map((record) => record.action).sort()).toEqual(["trigger.create", "trigger.delete", "trigger.update"]);
  expect(audit.find((record) => record.action === "trigger.update")?.after).toMatchObject({
    maxExecutionMs: 5000,
    version: 2,
  });
});

test("the list is filtered by node, transport, state and text", async () => {
  const site = await insertNode("Site");
  const below = await insertNode("Line", site);
  const own = await makeTransport(site);
  for (const name of ["Beta", "Alpha"]) await createTrigger(admin, make({ name, nodeId: below, transportId: own }));
  await createTrigger(admin, make({ name: "Off", nodeId: below, enabled: false }));
  const names = async (query: Parameters<typeof listTriggers>[1], ctx = admin) =>
    (await listTriggers(ctx, query)).items.map((item) => item.name);
  expect(await names({ nodeId: site })).toEqual(["Alpha", "Beta", "Off"]);
  expect(await names({ nodeId: site, sort: "-name" })).toEqual(["Off", "Beta", "Alpha"]);
  expect(await names({ transportId: own, q: "ET" })).toEqual(["Beta"]);
  expect(await names({ nodeId: site, enabled: "false" })).toEqual(["Off"]);
  expect(await names({}, as(["lead", below]))).toHaveLength(3);
  expect(await names({ nodeId: site }, as(["lead", office]))).toEqual([]);
});
