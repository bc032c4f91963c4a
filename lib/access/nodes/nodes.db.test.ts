import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { apiKeys } from "#drizzle/schema/api-keys.ts";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { userRoles } from "#drizzle/schema/user-roles.ts";
import { users } from "#drizzle/schema/users.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import type { Role } from "#lib/access/permissions/permissions.ts";
import { pollChanges } from "#lib/platform/db/changes.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { createNode } from "./create-node.ts";
import { deleteNode } from "./delete-node.ts";
import { findNodeOptions } from "./find-node-options.ts";
import { getNode } from "./get-node.ts";
import { listNodes } from "./list-nodes.ts";
import { listTree } from "./list-tree.ts";
import { getNodePath } from "./node-path.ts";
import { updateNode } from "./update-node.ts";

setUpTestDatabase();

const as = (role: Role, nodeId: string | null = null): Context => ({
  actor: { kind: "user", id: "019e0000-0000-7000-8000-000000000001", name: "anna", sessionId: "s" },
  grants: [{ role, nodeId }],
  address: "192.0.2.1",
});
const admin = as("admin");
const make = (name: string, parentId: string | null = null) => createNode(admin, { name, parentId });

beforeEach(async () => {
  await getDb().delete(triggers);
  await getDb().delete(transports);
  await getDb().delete(userRoles);
  await getDb().delete(apiKeys);
  await getDb().delete(credentials);
  await getDb().delete(nodes);
  await getDb().delete(auditRecords);
});

afterEach(() => {
  vi.useRealTimers();
});

async function makePlant() {
  const plant = await make("Plant 7");
  const line = await make("Line 1", plant.id);
  const cell = await make("Cell A", line.id);
  return { plant, line, cell };
}

async function putTransport(nodeId: string, name = "Orders") {
  const [row] = await getDb()
    .insert(transports)
    .values({ name, nodeId, type: "HTTP", http: { url: "https://orders.example.com", method: "GET", headers: [] } })
    .returning({ id: transports.id });
  return row!.id;
}

async function putTrigger(nodeId: string, transportId: string, name = "Send order") {
  const request = { path: "/", query: [], headers: [], body: "" };
  const [row] = await getDb()
    .insert(triggers)
    .values({ name, nodeId, transportId, event: { kind: "on_demand" }, request })
    .returning({ id: triggers.id });
  return row!.id;
}

describe("creating", () => {
  test("keeps the way from the root and records who did it", async () => {
    const { plant, line, cell } = await makePlant();
    expect(cell).toMatchObject({ path: [plant.id, line.id, cell.id], parentId: line.id, version: 1 });
    expect(cell.trail.map((step) => step.name)).toEqual(["Plant 7", "Line 1"]);
    const [record] = await getDb().select().from(auditRecords).where(eq(auditRecords.targetId, cell.id));
    expect(record).toMatchObject({ action: "node.create", actorName: "anna", address: "192.0.2.1", before: null });
    expect(record?.after).toMatchObject({ name: "Cell A", parent: "Plant 7 / Line 1" });
  });

  test("refuses a name that a sibling has, at the field, also at the top", async () => {
    const { plant } = await makePlant();
    const refused = { code: "name_taken", fields: [{ field: "name" }] };
    await expect(make("Line 1", plant.id)).rejects.toMatchObject(refused);
    await expect(make("Plant 7")).rejects.toMatchObject(refused);
    await expect(make("Line 1")).resolves.toMatchObject({ name: "Line 1" });
  });

  test("refuses a parent that is gone and more than 32 levels", async () => {
    await expect(make("x", "019e0000-0000-7000-8000-00000000dead")).rejects.toMatchObject({ code: "not_found" });
    let parentId: string | null = null;
    for (let depth = 1; depth <= 32; depth++) parentId = (await make(`level ${depth}`, parentId)).id;
    await expect(make("level 33", parentId)).rejects.toMatchObject({ code: "invalid_input" });
  });
});

describe("permissions", () => {
  test("let an admin of a node work under it and nowhere else", async () => {
    const { plant, line } = await makePlant();
    const other = await make("Plant 8");
    const local = as("admin", line.id);
    await expect(createNode(local, { name: "Cell B", parentId: line.id })).resolves.toBeTruthy();
    for (const parentId of [plant.id, other.id, null]) {
      await expect(createNode(local, { name: "Mine", parentId })).rejects.toMatchObject({ code: "forbidden" });
    }
    await expect(updateNode(local, other.id, { version: 1, name: "x" })).rejects.toMatchObject({ code: "forbidden" });
    await expect(deleteNode(local, other.id)).rejects.toMatchObject({ code: "forbidden" });
    await expect(getNode(local, plant.id)).rejects.toMatchObject({ code: "forbidden" });
    await expect(getNode(local, line.id)).resolves.toMatchObject({ name: "Line 1" });
  });

  test("refuse a move where the mover has no role at one of its ends", async () => {
    const { line, cell } = await makePlant();
    const other = await make("Plant 8");
    const local = as("admin", line.id);
    const out = updateNode(local, cell.id, { version: 1, parentId: other.id });
    await expect(out).rejects.toMatchObject({ code: "forbidden" });
    const away = updateNode(local, line.id, { version: 1, parentId: cell.id });
    await expect(away).rejects.toMatchObject({ code: "forbidden" });
  });

  test.each(["engineer", "operator", "lead"] as const)("let no %s change nodes", async (role) => {
    const { cell } = await makePlant();
    await expect(createNode(as(role), { name: "x", parentId: cell.id })).rejects.toMatchObject({ code: "forbidden" });
    await expect(updateNode(as(role), cell.id, { version: 1, name: "x" })).rejects.toMatchObject({ code: "forbidden" });
    await expect(deleteNode(as(role), cell.id)).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("renaming and moving", () => {
  test("renames and refuses an edit made from an old version, naming what changed", async () => {
    const { cell } = await makePlant();
    await expect(updateNode(admin, cell.id, { version: 1, name: "Cell 1" })).resolves.toMatchObject({ version: 2 });
    const stale = updateNode(admin, cell.id, { version: 1, name: "Cell 2" });
    await expect(stale).rejects.toMatchObject({
      code: "stale_version",
      details: { changed: ["name"], current: { name: "Cell 1", version: 2 } },
    });
  });

  test("takes the whole subtree along", async () => {
    const { plant, line, cell } = await makePlant();
    const other = await make("Plant 8");
    await updateNode(admin, line.id, { version: 1, parentId: other.id });
    expect((await getNode(admin, line.id)).path).toEqual([other.id, line.id]);
    expect(await getNode(admin, cell.id)).toMatchObject({ path: [other.id, line.id, cell.id], version: 1 });
    await updateNode(admin, line.id, { version: 2, parentId: null });
    expect((await getNode(admin, cell.id)).path).toEqual([line.id, cell.id]);
    expect((await getNode(admin, plant.id)).path).toEqual([plant.id]);
  });

  test("refuses a node under itself, or under what is under it", async () => {
    const { plant, cell } = await makePlant();
    for (const parentId of [plant.id, cell.id]) {
      const moved = updateNode(admin, plant.id, { version: 1, parentId });
      await expect(moved).rejects.toMatchObject({ code: "invalid_input", fields: [{ field: "parentId" }] });
    }
  });

  test("refuses a move to where the name is taken", async () => {
    const { plant } = await makePlant();
    const twin = await make("Line 1");
    const moved = updateNode(admin, twin.id, { version: 1, parentId: plant.id });
    await expect(moved).rejects.toMatchObject({ code: "name_taken" });
  });

  test("of two nodes moved under each other at once, one stays", async () => {
    for (let round = 0; round < 5; round++) {
      const a = await make(`a${round}`);
      const b = await make(`b${round}`);
      const results = await Promise.allSettled([
        updateNode(admin, a.id, { version: 1, parentId: b.id }),
        updateNode(admin, b.id, { version: 1, parentId: a.id }),
      ]);
      const refused = results.filter((result) => result.status === "rejected");
      expect(refused.map((result) => result.reason.code)).toEqual(["invalid_input"]);
    }
  });

  test("a child made while its parent moves has the right path", async () => {
    const { line, cell } = await makePlant();
    const made = await Promise.all([
      updateNode(admin, line.id, { version: 1, parentId: null }),
      make("new", cell.id),
      make("newer", cell.id),
    ]);
    for (const node of made.slice(1)) {
      expect((await getNode(admin, node.id)).path).toEqual([line.id, cell.id, node.id]);
    }
  });
});

describe("deleting", () => {
  test("removes a node that nothing uses", async () => {
    const { cell } = await makePlant();
    await deleteNode(admin, cell.id);
    await expect(getNode(admin, cell.id)).rejects.toMatchObject({ code: "not_found" });
  });

  test("is refused with the list while something uses the node", async () => {
    const { plant, line, cell } = await makePlant();
    const transportId = await putTransport(cell.id);
    await putTrigger(cell.id, transportId);
    const [user] = await getDb().insert(users).values({ username: "bert" }).returning({ id: users.id });
    await getDb().insert(userRoles).values({ userId: user!.id, role: "operator", nodeId: cell.id });
    await getDb().insert(apiKeys).values({
      name: "ci",
      keyHash: "h",
      prefix: "p",
      role: "operator",
      nodeId: cell.id,
      createdBy: "anna",
    });
    await expect(deleteNode(admin, line.id)).rejects.toMatchObject({
      code: "in_use",
      message: "Line 1 can't be deleted: 1 node uses it.",
      details: { usedBy: [{ kind: "node", id: cell.id, name: "Cell A" }] },
    });
    const refusal = deleteNode(admin, cell.id);
    await expect(refusal).rejects.toMatchObject({
      code: "in_use",
      message: "Cell A can't be deleted: 1 transport, 1 trigger, 1 user's role and 1 API key use it.",
    });
    await expect(refusal).rejects.toHaveProperty("details.usedBy.length", 4);
    expect((await getNode(admin, plant.id)).name).toBe("Plant 7");
  });
});

describe("reading", () => {
  test("lists by name in pages, and finds by a part of it", async () => {
    const { plant } = await makePlant();
    await putTransport(plant.id);
    const first = await listNodes(admin, { limit: 2 });
    const second = await listNodes(admin, { limit: 2, cursor: first.nextCursor ?? "" });
    expect([...first.items, ...second.items].map((node) => node.name)).toEqual(["Cell A", "Line 1", "Plant 7"]);
    expect(second.nextCursor).toBeNull();
    expect(second.items[0]).toMatchObject({ childCount: 1, transportCount: 1, triggerCount: 0, trail: [] });
    const found = await listNodes(admin, { q: "ELL" });
    expect(found.items.map((node) => node.trail.map((step) => step.name))).toEqual([["Plant 7", "Line 1"]]);
  });

  test("the tree of a person with a role on one node shows that branch and the names above it", async () => {
    const { plant, line, cell } = await makePlant();
    const other = await make("Plant 8");
    const transportId = await putTransport(cell.id);
    await putTransport(other.id);
    await putTrigger(cell.id, transportId);
    const tree = await listTree(as("operator", line.id));
    const context = Object.fromEntries(tree.nodes.map((node) => [node.id, node.isContext]));
    expect(context).toEqual({ [plant.id]: true, [line.id]: false, [cell.id]: false });
    expect(tree.transports.map((row) => row.id)).toEqual([transportId]);
    expect(tree.triggers.map((row) => row.type)).toEqual(["on_demand"]);
    expect((await listTree(admin)).nodes).toHaveLength(4);
    expect((await listNodes(as("operator", line.id))).items).toHaveLength(2);
  });

  test("offers nodes to pick with the way to them, where the action is allowed", async () => {
    const { line, cell } = await makePlant();
    const engineer = as("engineer", line.id);
    const options = await findNodeOptions(engineer, { action: "transports.write" });
    expect(options.map((option) => option.label)).toEqual(["Plant 7 / Line 1", "Plant 7 / Line 1 / Cell A"]);
    const found = await findNodeOptions(engineer, { action: "transports.write", q: "Line 1 / cell" });
    expect(found.map((option) => option.id)).toEqual([cell.id]);
    expect(await findNodeOptions(engineer, { action: "nodes.write" })).toEqual([]);
  });

  test("a cached path is dropped once a move is noticed", async () => {
    const { line, cell } = await makePlant();
    // Caches stay current while the clock that limits their use stands still.
    vi.useFakeTimers({ toFake: ["performance"] });
    await pollChanges();
    const before = await getNodePath(cell.id);
    expect(await getNodePath(cell.id)).toBe(before);
    await updateNode(admin, line.id, { version: 1, parentId: null });
    await pollChanges();
    expect(await getNodePath(cell.id)).toEqual([line.id, cell.id]);
    await expect(getNodePath("019e0000-0000-7000-8000-00000000dead")).rejects.toMatchObject({ code: "not_found" });
  });
});
