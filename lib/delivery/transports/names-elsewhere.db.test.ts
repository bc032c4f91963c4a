import { v7 } from "uuid";
import { beforeAll, expect, test } from "vitest";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { type Context, systemContext } from "#lib/access/permissions/context.ts";
import type { Role } from "#lib/access/permissions/permissions.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { deleteTransport } from "#lib/delivery/transport-edits/delete-transport.ts";
import { reassignCredential } from "#lib/delivery/transport-edits/reassign-credential.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { getBlastRadius } from "#lib/oauth/credential-edits/blast-radius.ts";
import { countCredentials } from "#lib/oauth/credential-lists/count-credentials.ts";
import { getCredential } from "#lib/oauth/credential-lists/get-credential.ts";
import { listAllEvents } from "#lib/oauth/credential-lists/list-all-events.ts";
import { listCredentials } from "#lib/oauth/credential-lists/list-credentials.ts";
import { listCredentialEvents } from "#lib/oauth/credential-lists/list-events.ts";
import { getRotation } from "#lib/oauth/rotation/get-rotation.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { getTransport } from "./read-transports.ts";
import { transportInput } from "./schema.ts";

// Attacks by people of one node on the names of another one.

setUpTestDatabase();

const admin = systemContext("Anna");
const as = (role: Role, nodeId: string): Context => ({ ...admin, grants: [{ role, nodeId }] });

let mine: string;
let other: string;
beforeAll(async () => {
  [mine, other] = [await insertNode("Mine"), await insertNode("Other")];
});

async function addCredential(): Promise<string> {
  const id = v7();
  const client = {
    endpointUrl: "https://idp.example.com/token",
    clientId: "client",
    notes: "Hidden notes",
    allowedHosts: ["orders.example.com"],
  };
  await getDb()
    .insert(credentials)
    .values({ id, name: `Hidden ${id}`, type: "application", provider: "generic", ...client });
  await getDb().insert(credentialEvents).values({
    credentialId: id,
    credentialVersion: 1,
    kind: "check",
    cause: "Hidden cause",
    outcome: "succeeded",
    durationMs: 1,
  });
  return id;
}

function addTransport(credentialId: string, nodeId: string) {
  const http = { url: "https://orders.example.com/v1", method: "POST" };
  const authorization = { kind: "credential", credentialId };
  const name = `Hidden transport ${v7()}`;
  return createTransport(admin, transportInput.parse({ name, nodeId, type: "HTTP", http, authorization }));
}

function addTrigger(transportId: string, nodeId: string) {
  const request = { path: "", query: {}, headers: [], body: "" };
  const event = { kind: "on_demand" };
  const input = { name: `Hidden trigger ${v7()}`, nodeId, transportId, event, request };
  return createTrigger(admin, triggerInput.parse(input));
}

test("a lead of one node reads nothing of a credential that only another node uses", async () => {
  const id = await addCredential();
  await addTransport(id, other);
  const lead = as("lead", mine);
  for (const read of [getCredential, listCredentialEvents, getBlastRadius, getRotation]) {
    await expect(read(lead, id), read.name).rejects.toMatchObject({ code: "not_found" });
  }
  expect((await listCredentials(lead)).items).toEqual([]);
  expect((await listAllEvents(lead)).items).toEqual([]);
  expect(await countCredentials(lead)).toEqual({});
  expect(await getCredential(as("lead", other), id)).toMatchObject({ id, notes: "Hidden notes" });
});

test("a list by node tells nothing about a node that the reader can't see", async () => {
  const id = await addCredential();
  for (const nodeId of [mine, other]) await addTransport(id, nodeId);
  const lead = as("lead", mine);
  const idsAt = async (nodeId: string) => (await listCredentials(lead, { nodeId })).items.map((item) => item.id);
  expect(await idsAt(mine)).toContain(id);
  expect(await idsAt(other)).toEqual([]);
  expect((await listAllEvents(lead, { nodeId: other })).items).toEqual([]);
});

test("what uses a shared credential or transport elsewhere is counted, not named", async () => {
  const id = await addCredential();
  const [here] = [await addTransport(id, mine), await addTransport(id, other)];
  const trigger = await addTrigger(here.id, other);
  const credential = await getCredential(as("lead", mine), id);
  expect(credential.usedBy.map((use) => use.id)).toEqual([here.id]);
  expect(credential.usedElsewhere).toBe(1);
  expect(await getTransport(as("operator", mine), here.id)).toMatchObject({ usedBy: [], usedElsewhere: 1 });
  const refused = await deleteTransport(as("engineer", mine), here.id).catch((err) => err);
  expect(refused).toMatchObject({ code: "in_use", details: { usedBy: [], usedElsewhere: 1 } });
  expect(JSON.stringify(refused.details)).not.toContain(trigger.name);
});

test("giving all transports another credential names none of another node, and changes nothing", async () => {
  const [from, to] = [await addCredential(), await addCredential()];
  const [here, there] = [await addTransport(from, mine), await addTransport(from, other)];
  const engineer = as("engineer", mine);
  for (const transportIds of [undefined, [here.id, there.id]]) {
    const refused = await reassignCredential(engineer, from, { credentialId: to, transportIds }).catch((err) => err);
    expect(refused).toMatchObject({ code: "forbidden", details: { elsewhere: 1 } });
    expect(`${refused.message} ${JSON.stringify(refused.details)}`).not.toContain(there.name);
  }
  const done = await reassignCredential(engineer, from, { credentialId: to, transportIds: [here.id] });
  expect(done).toEqual([{ id: here.id, name: here.name }]);
});
