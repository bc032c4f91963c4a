import { eq, inArray } from "drizzle-orm";
import { v7 } from "uuid";
import { beforeAll, describe, expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { type Context, systemContext } from "#lib/access/permissions/context.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { createCredential } from "#lib/oauth/credential-edits/create-credential.ts";
import { deleteCredential } from "#lib/oauth/credential-edits/delete-credential.ts";
import { readImpacts } from "#lib/oauth/credential-edits/read-impacts.ts";
import { setCredentialEnabled } from "#lib/oauth/credential-edits/set-enabled.ts";
import { setOwner } from "#lib/oauth/credential-edits/set-owner.ts";
import { credentialInput } from "#lib/oauth/credentials/schema.ts";
import { createLimiter } from "#lib/platform/background/limiter.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { runEach } from "#lib/web/run-each.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { createTransport } from "./create-transport.ts";
import { allowHostsOfCredential, listHostsOfCredentials } from "./missing-hosts.ts";

// What the list of credentials does with several of them.

setUpTestDatabase();

const admin = systemContext("Anna");
const as = (role: "engineer" | "lead", nodeId: string | null): Context => ({ ...admin, grants: [{ role, nodeId }] });

let plant: string;
let elsewhere: string;
beforeAll(async () => {
  [plant, elsewhere] = [await insertNode("Plant"), await insertNode("Elsewhere")];
});

async function addCredential(values: Partial<typeof credentials.$inferInsert> = {}): Promise<string> {
  const id = v7();
  const client = { endpointUrl: "https://idp.example.com/token", clientId: "client" };
  await getDb()
    .insert(credentials)
    .values({
      id,
      name: `Credential ${id}`,
      type: "application",
      provider: "generic",
      ...client,
      hostsState: "entered",
      ...values,
    });
  return id;
}

async function addTransport(credentialId: string, url = "https://orders.example.com/v1"): Promise<string> {
  const http = { url, method: "POST", headers: [] };
  const authorization = { kind: "credential", credentialId };
  const input = { name: `Transport ${v7()}`, nodeId: plant, type: "HTTP", http, authorization };
  const { id } = await createTransport(
    admin,
    transportInput.parse({ ...input, allowHosts: [new URL("https://orders.example.com").host] }),
  );
  return id;
}

const readRow = async (id: string) => (await getDb().select().from(credentials).where(eq(credentials.id, id)))[0];

async function readActions(ids: string[]): Promise<string[]> {
  const { action, targetId } = auditRecords;
  const rows = await getDb().select({ action }).from(auditRecords).where(inArray(targetId, ids));
  return rows.map((row) => row.action).toSorted();
}

/** Runs a change of each as the list does. */
async function settle(ids: string[], run: (id: string) => Promise<unknown>) {
  const codes: Record<string, string> = {};
  for await (const { id, result } of runEach(ids, createLimiter(4), run)) {
    if (result) codes[id] = result.ok ? "ok" : result.error.code;
  }
  return codes;
}

describe("several credentials", () => {
  test("are disabled, enabled, and deleted one by one: what one can't do doesn't stop the others, and each change is recorded", async () => {
    const [free, used, gone] = [await addCredential(), await addCredential(), v7()];
    await addTransport(used);
    const ids = [free, used, gone];
    expect(await settle(ids, (id) => setCredentialEnabled(admin, id, false))).toEqual({
      [free]: "ok",
      [used]: "ok",
      [gone]: "not_found",
    });
    expect(await settle(ids, (id) => deleteCredential(admin, id))).toEqual({
      [free]: "ok",
      [used]: "in_use",
      [gone]: "not_found",
    });
    expect((await readRow(used))?.status).toBe("disabled");
    expect(await readActions([free])).toEqual(["credential.delete", "credential.disable"]);
    expect(await readActions([used, gone])).toEqual(["credential.allow-hosts", "credential.disable"]);
  });

  test("are each refused to users who can't change them", async () => {
    const ids = [await addCredential(), await addCredential()];
    const engineer = as("engineer", null);
    const refused = Object.fromEntries(ids.map((id) => [id, "forbidden"]));
    expect(await settle(ids, (id) => setCredentialEnabled(engineer, id, false))).toEqual(refused);
    expect(await settle(ids, (id) => setOwner(engineer, id, { owner: "Bert", ownerEmail: "" }))).toEqual(refused);
    expect(
      await settle(ids, (id) => allowHostsOfCredential(engineer, id, { hosts: ["a.example.com"], needed: [] })),
    ).toEqual(refused);
    expect(await readActions(ids)).toEqual([]);
  });

  test("get an owner whatever their versions are", async () => {
    const client = { type: "application", endpointUrl: "https://idp.example.com/token", clientId: "client" } as const;
    const add = async (owner: { ownerEmail?: string }) => {
      const input = credentialInput.parse({ ...client, ...owner, name: `Owned ${v7()}`, clientSecret: "secret" });
      return (await createCredential(admin, input)).id;
    };
    const ids = [await add({ ownerEmail: "old@example.com" }), await add({})];
    await getDb().update(credentials).set({ version: 7 }).where(eq(credentials.id, ids[0]!));
    await settle(ids, (id) => setOwner(admin, id, { owner: "Ines", ownerEmail: "" }));
    for (const id of ids) expect(await readRow(id)).toMatchObject({ owner: "Ines", ownerEmail: "" });
    const [created, updated] = ["credential.create", "credential.update"];
    expect(await readActions(ids)).toEqual([created, created, updated, updated]);
  });

  test("show what depends on them, to those who can see them", async () => {
    const [used, free] = [await addCredential({ name: "A used" }), await addCredential({ name: "B free" })];
    const transportId = await addTransport(used);
    const request = { path: "", query: [], headers: [], body: "" };
    const event = { kind: "schedule", cron: "0 8 * * *", timezone: "UTC" };
    const input = { name: `Trigger ${v7()}`, nodeId: plant, transportId, event, request };
    await createTrigger(admin, triggerInput.parse(input));
    expect(await readImpacts(admin, [free, used])).toEqual([
      {
        ...{ id: used, name: "A used", transports: 1, triggers: 1, sessions: 0 },
        nextDueAt: expect.stringMatching(/T08:00:00.000Z$/),
      },
      { id: free, name: "B free", transports: 0, triggers: 0, sessions: 0, nextDueAt: null },
    ]);
    expect((await readImpacts(as("lead", plant), [free, used])).map(({ id }) => id)).toEqual([used]);
    expect(await readImpacts(as("lead", elsewhere), [free, used])).toEqual([]);
    await expect(readImpacts(as("engineer", null), [free])).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("allowing destinations for several credentials", () => {
  test("lists what their transports lack, and adds it to those that need it; other hosts to each", async () => {
    const [lacks, has] = [await addCredential(), await addCredential()];
    await addTransport(lacks);
    await getDb()
      .update(credentials)
      .set({ allowedHosts: ["old.example.com"] })
      .where(eq(credentials.id, lacks));
    expect(await listHostsOfCredentials(admin, [lacks, has])).toEqual([
      { id: lacks, hosts: [{ entry: "orders.example.com", origin: "https://orders.example.com" }] },
    ]);
    const confirmed = { hosts: ["new.example.com"], needed: ["orders.example.com", "unused.example.com"] };
    await settle([lacks, has], (id) => allowHostsOfCredential(admin, id, confirmed));
    expect(await listHostsOfCredentials(admin, [lacks, has])).toEqual([]);
    expect((await readRow(lacks))?.allowedHosts).toEqual(["old.example.com", "new.example.com", "orders.example.com"]);
    expect((await readRow(has))?.allowedHosts).toEqual(["new.example.com"]);
    expect((await readRow(lacks))?.version).toBe(1);
    await expect(listHostsOfCredentials(as("lead", null), [lacks])).rejects.toMatchObject({ code: "forbidden" });
  });

  test("keeps the hosts in use of a credential whose list was open", async () => {
    const id = await addCredential({ hostsState: "entered", allowedHosts: ["orders.example.com"] });
    await addTransport(id);
    await getDb().update(credentials).set({ allowedHosts: [], hostsState: "pending" }).where(eq(credentials.id, id));
    await allowHostsOfCredential(admin, id, { hosts: ["more.example.com"], needed: [] });
    expect(await readRow(id)).toMatchObject({
      allowedHosts: ["orders.example.com", "more.example.com"],
      hostsState: "entered",
    });
  });

  test("is refused for a credential that doesn't exist", async () => {
    await expect(allowHostsOfCredential(admin, v7(), { hosts: ["a.example.com"], needed: [] })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
