import { and, eq, inArray } from "drizzle-orm";
import { v7 } from "uuid";
import { beforeAll, expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { sessions } from "#drizzle/schema/sessions.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { users } from "#drizzle/schema/users.ts";
import { getNodeUses } from "#lib/access/nodes/get-node-uses.ts";
import { type Context, systemContext } from "#lib/access/permissions/context.ts";
import { getTouchedTriggers } from "#lib/delivery/transports/read-transports.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { getBlastRadius } from "#lib/oauth/credential-edits/blast-radius.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { createTransport } from "./create-transport.ts";
import { reassignCredential } from "./reassign-credential.ts";

setUpTestDatabase();

const admin = systemContext("Anna");
const engineerOf = (nodeId: string): Context => ({ ...admin, grants: [{ role: "engineer", nodeId }] });

let plant: string;
let office: string;
beforeAll(async () => {
  [plant, office] = [await insertNode("Plant 7"), await insertNode("Office")];
});

async function addCredential(values: Partial<typeof credentials.$inferInsert> = {}): Promise<string> {
  const id = v7();
  await getDb()
    .insert(credentials)
    .values({
      id,
      name: `Credential ${id}`,
      type: "application",
      provider: "generic",
      endpointUrl: "https://idp.example.com/token",
      clientId: "client",
      allowedHosts: ["*.example.com"],
      ...values,
    });
  return id;
}

function addTransport(credentialId: string, nodeId: string, host = "orders.example.com") {
  const http = { url: `https://${host}/v1`, method: "POST" };
  const authorization = { kind: "credential", credentialId };
  const name = `Transport ${v7()}`;
  return createTransport(admin, transportInput.parse({ name, nodeId, type: "HTTP", http, authorization }));
}

function addTrigger(transportId: string, nodeId: string) {
  const event = { kind: "on_demand" };
  const request = { path: "", query: [], headers: [], body: "" };
  const input = triggerInput.parse({ name: `Trigger ${v7()}`, nodeId, transportId, event, request });
  return createTrigger(admin, input);
}

const credentialsOf = async (ids: string[]) => {
  const rows = await getDb()
    .select({ id: transports.id, credentialId: transports.credentialId })
    .from(transports)
    .where(inArray(transports.id, ids));
  return ids.map((id) => rows.find((row) => row.id === id)?.credentialId);
};

test("what a change touches are the transports, their triggers, the nodes of both, and who is signed in", async () => {
  const [used, other, listed] = [await addCredential(), await addCredential(), await insertNode("Gate")];
  await getDb()
    .update(credentials)
    .set({ offeredAt: [listed] })
    .where(eq(credentials.id, used));
  const [orders, stock] = [await addTransport(used, plant), await addTransport(used, plant)];
  await addTransport(other, office);
  const [trigger, elsewhere] = [await addTrigger(orders.id, plant), await addTrigger(orders.id, office)];
  const userId = v7();
  await getDb().insert(users).values({ id: userId, username: "olga", displayName: "Olga" });
  const session = { userId, method: "Contoso", credentialId: used, expiresAt: new Date(Date.now() + 86_400_000) };
  await getDb()
    .insert(sessions)
    .values([session, { ...session, revokedAt: new Date() }, { ...session, expiresAt: new Date(0) }]);

  const radius = await getBlastRadius(admin, used);
  expect(radius.transports.map(({ id }) => id).sort()).toEqual([orders.id, stock.id].sort());
  expect(radius.triggers.map(({ id, transportId }) => [id, transportId]).sort()).toEqual(
    [
      [trigger.id, orders.id],
      [elsewhere.id, orders.id],
    ].sort(),
  );
  expect(radius.nodes.map(({ name }) => name)).toEqual(["Gate", "Office", "Plant 7"]);
  expect(radius.counts).toEqual({ transports: 2, triggers: 2, sessions: 1 });
  expect(radius.triggers[0]).toMatchObject({ enabled: true, event: "on_demand" });

  // Somebody who reads credentials and is responsible for one node sees what is there, and how much there is.
  const lead = { ...admin, grants: [{ role: "lead" as const, nodeId: office }] };
  const seen = await getBlastRadius(lead, used);
  expect([seen.transports, seen.triggers.map(({ id }) => id)]).toEqual([[], [elsewhere.id]]);
  expect(seen.nodes.map(({ name }) => name)).toEqual(["Office"]);
  expect(seen.counts).toEqual(radius.counts);
  await expect(getBlastRadius(engineerOf(plant), used)).rejects.toMatchObject({ code: "forbidden" });
});

test("what is due next stands first, of credentials, transports and nodes", async () => {
  const credential = await addCredential();
  const [orders, stock] = [await addTransport(credential, plant), await addTransport(credential, plant)];
  const add = (name: string, transportId: string, event: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    createTrigger(admin, triggerInput.parse({ name, nodeId: plant, transportId, event, request: {}, ...more }), now);
  const now = new Date("2030-06-15T12:00:00Z");
  const every = (cron: string, paused = false) => ({ kind: "schedule", cron, timezone: "UTC", paused });
  await add("A by hand", orders.id, { kind: "on_demand" });
  await add("B paused", orders.id, every("* * * * *", true));
  await add("C off", orders.id, every("* * * * *"), { enabled: false });
  const yearly = await add("D yearly", orders.id, every("0 0 1 1 *"));
  const soon = await add("E soon", stock.id, every("* * * * *"));

  const radius = await getBlastRadius(admin, credential);
  expect(radius.transports.map(({ id }) => id)).toEqual([stock.id, orders.id]);
  const names = ["E soon", "D yearly", "A by hand", "B paused", "C off"];
  expect(radius.triggers.map(({ name }) => name)).toEqual(names);
  const due = [soon.schedule?.nextDueAt, yearly.schedule?.nextDueAt, null, null, null];
  expect(radius.triggers.map(({ nextDueAt }) => nextDueAt)).toEqual(due);

  const touched = await getTouchedTriggers(admin, orders.id);
  expect(touched.count).toBe(4);
  expect(touched.triggers.map(({ name }) => name)).toEqual(names.slice(1));
  expect(touched.triggers[0]).toMatchObject({
    event: "schedule",
    enabled: true,
    nextDueAt: due[1],
    nodeName: "Plant 7",
  });
  const blind = { ...admin, grants: [{ role: "engineer" as const, nodeId: office }] };
  await expect(getTouchedTriggers(blind, orders.id)).rejects.toMatchObject({ code: "forbidden" });

  const uses = (await getNodeUses(admin, plant)).filter(({ name }) => names.includes(name));
  expect(uses.map(({ name, nextDueAt }) => [name, nextDueAt])).toEqual(names.map((name, index) => [name, due[index]]));
  await expect(getNodeUses(blind, plant)).rejects.toMatchObject({ code: "forbidden" });
});

test("all transports of a credential get another one, each with its record", async () => {
  const [from, to] = [await addCredential(), await addCredential()];
  const made = [await addTransport(from, plant), await addTransport(from, office)];
  const ids = made.map(({ id }) => id);
  const changed = await reassignCredential(admin, from, { credentialId: to });
  expect(changed.map(({ id }) => id).sort()).toEqual([...ids].sort());
  expect(await credentialsOf(ids)).toEqual([to, to]);
  const records = await getDb()
    .select()
    .from(auditRecords)
    .where(and(eq(auditRecords.action, "transport.update"), inArray(auditRecords.targetId, ids)));
  expect(records).toHaveLength(2);
  expect(JSON.stringify(records[0]!.after)).toContain(to);
  expect((await getBlastRadius(admin, from)).counts.transports).toBe(0);
});

test("only those that are named, where some are", async () => {
  const [from, to] = [await addCredential(), await addCredential()];
  const [one, two] = [await addTransport(from, plant), await addTransport(from, plant)];
  await reassignCredential(admin, from, { credentialId: to, transportIds: [two.id] });
  expect(await credentialsOf([one.id, two.id])).toEqual([from, to]);
});

test("where one of them can't take it, none changes, and the message says which and why", async () => {
  const from = await addCredential();
  const to = await addCredential({ allowedHosts: ["orders.example.com"] });
  const [fits, refuses] = [await addTransport(from, plant), await addTransport(from, plant, "stock.example.com")];
  await expect(reassignCredential(admin, from, { credentialId: to })).rejects.toMatchObject({
    code: "host_not_allowed",
    message: expect.stringMatching(`Nothing was changed.*${refuses.name}.*stock\\.example\\.com`),
  });
  expect(await credentialsOf([fits.id, refuses.id])).toEqual([from, from]);
});

test("a transport on a node of somebody else is not changed, nor are the others", async () => {
  const [from, to] = [await addCredential(), await addCredential()];
  const [own, foreign] = [await addTransport(from, plant), await addTransport(from, office)];
  const refused = reassignCredential(engineerOf(plant), from, { credentialId: to });
  await expect(refused).rejects.toMatchObject({ code: "forbidden" });
  expect(await credentialsOf([own.id, foreign.id])).toEqual([from, from]);
  await reassignCredential(engineerOf(plant), from, { credentialId: to, transportIds: [own.id] });
  expect(await credentialsOf([own.id, foreign.id])).toEqual([to, from]);
});

test("another credential must be named, and one that is there", async () => {
  const from = await addCredential();
  await addTransport(from, plant);
  for (const credentialId of [from, v7()]) {
    await expect(reassignCredential(admin, from, { credentialId })).rejects.toMatchObject({
      code: "invalid_input",
      fields: [{ field: "credentialId" }],
    });
  }
});
