import { beforeAll, describe, expect, test } from "vitest";
import { type Role, roles } from "#lib/access/permissions/permissions.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { insertApiKey, serveTestPortal } from "#scripts/test-portal.ts";

const { api } = serveTestPortal();
const keys = {} as Record<Role, string>;
type Operation = { name: string; method: string; path: string; roles: string[] };
let operations: Operation[] = [];

beforeAll(async () => {
  for (const role of roles) keys[role] = await insertApiKey(role);
  const { json } = await api.call("GET", "/api/v1/openapi.json", { key: "" });
  // Who may send to a webhook is decided by its trigger: lib/api/webhooks.db.test.ts.
  const { "/api/hooks/{slug}": _, ...paths } = json.paths as Record<string, Record<string, { "x-roles": string[] }>>;
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path: path.replace("{id}", "01890a5d-ac96-774b-bcce-b302099a8057"),
      roles: operation["x-roles"],
    })),
  );
});

/** What each operation answers to a key, by its name. */
async function callAll(key: string): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  for (const { name, method, path } of operations) {
    const body = method === "POST" || method === "PATCH" ? {} : undefined;
    statuses[name] = (await api.call(method, path, { key, body })).status;
  }
  return statuses;
}

const allWith = (status: number) => Object.fromEntries(operations.map(({ name }) => [name, status]));

describe("every operation of the document", () => {
  test("is there to be tested", () => {
    expect(operations.length).toBeGreaterThan(35);
  });

  test("refuses a request without a key", async () => {
    expect(await callAll("")).toEqual(allWith(401));
  });

  test("refuses a key that nobody made", async () => {
    expect(await callAll("test_made_up")).toEqual(allWith(401));
  });

  test("refuses a key that has expired", async () => {
    expect(await callAll(await insertApiKey("admin", null, new Date(Date.now() - 1000)))).toEqual(allWith(401));
  });

  test.each(roles)("lets a key of the role %s in where the document says so, and nowhere else", async (role) => {
    const statuses = await callAll(keys[role]);
    for (const { name, roles: allowed } of operations) {
      if (allowed.includes(role)) expect(statuses[name], name).not.toBe(403);
      else expect(statuses[name], name).toBe(403);
    }
  });

  test("lets a key for metrics do nothing at all", async () => {
    expect(await callAll(await insertApiKey("metrics"))).toEqual(allWith(403));
  });

  test("lets a lead change nothing and an operator only run triggers and cancel or release their runs, whatever it declares", () => {
    const changing = operations.filter(({ method }) => method !== "GET");
    const openTo = (role: string) =>
      changing.filter((operation) => operation.roles.includes(role)).map(({ name }) => name);
    expect(openTo("lead")).toEqual([]);
    expect(openTo("operator")).toEqual([
      "POST /api/v1/triggers/{id}/run",
      "POST /api/v1/triggers/{id}/release",
      "POST /api/v1/runs/{id}/cancel",
      "POST /api/v1/runs/{id}/release",
    ]);
  });

  test("lets only admins see or change users, sessions and API keys", () => {
    const guarded = operations.filter(({ path }) => /^\/api\/v1\/(users|sessions|api-keys)/.test(path));
    expect(guarded.length).toBeGreaterThan(8);
    for (const { name, roles: allowed } of guarded) expect(allowed, name).toEqual(["admin"]);
  });
});

describe("a key for one node", () => {
  test("can do nothing to another one", async () => {
    const mine = await insertNode("Mine");
    const theirs = await insertNode("Theirs");
    const engineer = await insertApiKey("engineer", mine);
    const transport = (nodeId: string) => ({
      name: "Orders",
      nodeId,
      type: "HTTP",
      http: { url: "https://orders.example.com" },
    });
    const refused = await api.call("POST", "/transports", { key: engineer, body: transport(theirs) });
    expect([refused.status, refused.json.code]).toEqual([403, "forbidden"]);

    const other = await api.call("POST", "/transports", { body: transport(theirs) });
    const trigger = { name: "Send", nodeId: theirs, transportId: other.json.id, request: { path: "/" } };
    const send = await api.call("POST", "/triggers", { body: trigger });
    for (const [method, path, body] of [
      ["GET", `/transports/${other.json.id}`],
      ["PATCH", `/transports/${other.json.id}`, { version: 1, notes: "mine" }],
      ["DELETE", `/transports/${other.json.id}`],
      ["POST", `/transports/${other.json.id}/test`, {}],
      ["POST", "/transports/preview-wsdl", { nodeId: theirs, soap: { wsdlUrl: "https://erp.example.com/stock?wsdl" } }],
      ["POST", `/transports/${other.json.id}/reload-wsdl`, {}],
      ["GET", `/transports/${other.json.id}/operations`],
      ["GET", `/transports/${other.json.id}/operation?operation=GetStock`],
      ["GET", `/triggers/${send.json.id}`],
      ["PATCH", `/triggers/${send.json.id}`, { version: 1, notes: "mine" }],
      ["DELETE", `/triggers/${send.json.id}`],
      ["POST", `/triggers/${send.json.id}/run`, {}],
      ["POST", `/triggers/${send.json.id}/rotate-secret`, {}],
      ["POST", "/triggers/preview", { transportId: other.json.id, request: { path: "/" } }],
      ["GET", `/nodes/${theirs}`],
    ] as const) {
      const { status } = await api.call(method, path, { key: engineer, body });
      expect([403, 404], `${method} ${path}`).toContain(status);
    }
    for (const list of ["/transports", "/triggers", "/runs", "/nodes"]) {
      const { text } = await api.call("GET", list, { key: engineer });
      expect(text, list).not.toContain(theirs);
    }
    expect((await api.call("POST", "/transports", { key: engineer, body: transport(mine) })).status).toBe(201);
  });
});
