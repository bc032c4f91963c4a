import { beforeAll, expect, test } from "vitest";
import type { z } from "zod";
import { serveTestPortal } from "#scripts/test-portal.ts";
import type { Endpoint } from "./endpoint.ts";
import { allEndpoints } from "./endpoints.ts";

// Whatever a program sends, it hears what is wrong with it: no input may lead to a 500.

const { api } = serveTestPortal();
const ids: Record<string, string> = {};
const node = { name: "Plant" };

beforeAll(async () => {
  ids.nodes = (await api.call("POST", "/nodes", { body: node })).json.id;
  const http = { url: "http://127.0.0.1:9", method: "POST" };
  const transport = { name: "Orders", nodeId: ids.nodes, type: "HTTP", http };
  ids.transports = (await api.call("POST", "/transports", { body: transport })).json.id;
  const trigger = { name: "Send", nodeId: ids.nodes, transportId: ids.transports, request: { path: "/" } };
  ids.triggers = (await api.call("POST", "/triggers", { body: trigger })).json.id;
  const credential = {
    name: "Sign-in",
    type: "user",
    clientId: "portal",
    clientSecret: "s",
    scope: "openid",
    provider: "entra",
  };
  const endpointUrl = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token";
  const created = await api.call("POST", "/credentials", {
    body: { ...credential, endpointUrl, jwtUsernameKey: "sub" },
  });
  ids.credentials = created.json.id;
  ids.users = (await api.call("POST", "/users", { body: { username: "otto" } })).json.id;
  ids["api-keys"] = (await api.call("POST", "/api-keys", { body: { name: "CI", role: "operator" } })).json.id;
});

const hostile: unknown[] = [
  null,
  "",
  " ",
  0,
  -1,
  1.5,
  1e308,
  2 ** 31,
  true,
  [],
  [null],
  [[]],
  {},
  { "": "" },
  { kind: "credential", credentialId: "x" },
  "\u0000",
  "\ud800",
  "\u202e\uffff",
  "'; drop table users; --",
  "{{ variables.x | nosuchfilter }}",
  "{% for i in (1..100000000) %}x{% endfor %}",
  "../../etc/passwd",
  "http://[::1",
  "https://user:pw@example.com/#x",
  "9999-99-99",
  "x".repeat(20_000),
  "00000000-0000-7000-8000-000000000000",
];

/** The example with one member after the other, at any depth, replaced by `value` or taken out. */
function* mutate(example: unknown, value: unknown): Generator<unknown> {
  yield value;
  if (typeof example !== "object" || example === null) return;
  for (const [key, inner] of Object.entries(example)) {
    for (const changed of mutate(inner, value)) {
      yield Array.isArray(example) ? example.with(Number(key), changed) : { ...example, [key]: changed };
    }
  }
}

function pathOf({ path }: Endpoint): string {
  const collection = path.split("/")[1] ?? "";
  return path.replace("{id}", ids[collection] ?? "01890a5d-ac96-774b-bcce-b302099a8057");
}

/** What the example's references stand for in this database, so that one changed member is all that is wrong. */
function settle(example: unknown): unknown {
  if (typeof example !== "object" || example === null) return example;
  const references = { nodeId: ids.nodes, transportId: ids.transports, credentialId: ids.credentials };
  return Object.fromEntries(
    Object.entries(example).map(([key, value]) => {
      if (key in references && typeof value === "string") return [key, references[key as "nodeId"]];
      return [key, Array.isArray(value) ? value.map(settle) : settle(value)];
    }),
  );
}

const withBody = allEndpoints.filter((endpoint) => endpoint.body && endpoint.example);

test.each(withBody.map((endpoint) => [`${endpoint.method.toUpperCase()} ${endpoint.path}`, endpoint] as const))(
  "%s answers hostile bodies with what is wrong",
  async (name, endpoint) => {
    const example = settle(endpoint.example);
    const calls: Promise<void>[] = [];
    for (const value of hostile) {
      for (const body of mutate(example, value)) {
        const call = async () => {
          const { status, text } = await api.call(endpoint.method.toUpperCase(), pathOf(endpoint), {
            body: JSON.stringify(body),
          });
          expect(status, `${name} with ${JSON.stringify(body).slice(0, 500)}: ${text.slice(0, 500)}`).toBeLessThan(500);
        };
        calls.push(call());
        if (calls.length >= 8) await Promise.all(calls.splice(0));
      }
    }
    await Promise.all(calls);
  },
);

const cursors = [
  "x",
  "%00",
  ...[["x", "not-an-id"], [null, "not-an-id"], ["not a time", ids.nodes], [1, 2], {}, ["", ""], [null, null]].map(
    (value) => Buffer.from(JSON.stringify(value)).toString("base64url"),
  ),
  Buffer.from(JSON.stringify(["not a time", "01890a5d-ac96-774b-bcce-b302099a8057"])).toString("base64url"),
  "99999999999999999999999999",
];
const values = [
  "",
  "x",
  "-1",
  "0",
  "1e9",
  "null",
  "%",
  "_",
  "%25%5C",
  "a%00b",
  "%F0%9F%92%A9",
  "0001-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999Z",
  "-name",
  "true",
];

test.each(allEndpoints.filter(({ query }) => query).map((endpoint) => [endpoint.path, endpoint] as const))(
  "GET %s answers hostile queries with what is wrong",
  async (_, endpoint) => {
    const names = Object.keys((endpoint.query as z.ZodObject).shape);
    const sorts = (endpoint.query as z.ZodObject).shape.sort;
    const options = sorts ? (JSON.stringify(sorts).match(/-?[a-z][A-Za-z]+/g) ?? []) : [];
    const queries = [
      ...names.flatMap((name) => values.map((value) => `${name}=${value}`)),
      ...cursors.map((cursor) => `cursor=${cursor}`),
      ...["name", "createdAt", "lastSignInAt", "tokenExpiresAt", "status", ...options].flatMap((sort) =>
        cursors.flatMap((cursor) => [`sort=${sort}&cursor=${cursor}`, `sort=-${sort}&cursor=${cursor}`]),
      ),
    ];
    for (const query of new Set(queries)) {
      const { status, text } = await api.call("GET", `${pathOf(endpoint)}?${query}`);
      expect(status, `${query}: ${text.slice(0, 500)}`).toBeLessThan(500);
    }
  },
);
