import { connect } from "node:net";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import type { Context } from "#lib/access/permissions/context.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { serveTestApi } from "#scripts/test-api.ts";
import { upload } from "#scripts/test-servers.ts";
import { isApiPath } from "./app.ts";
import { defineEndpoint } from "./endpoint.ts";
import { maxBodyBytes } from "./read-input.ts";

const id = "01890a5d-ac96-774b-bcce-b302099a8057";
const ctx: Context = {
  actor: { kind: "api_key", id, name: "API key test" },
  grants: [{ role: "engineer", nodeId: null }],
  address: null,
};
const thing = z.object({ id: z.string(), size: z.number() });
const shared = { tag: "things", permission: "transports.write" } as const;
let failure: unknown = null;
const endpoints = [
  defineEndpoint({
    ...shared,
    method: "post",
    path: "/things",
    summary: "Make a thing",
    body: z.object({ size: z.number("Enter a size."), parts: z.array(z.object({ name: z.string() })).default([]) }),
    answer: thing,
    status: 201,
    run: (_, { body }) => ({ id, size: body.size }),
  }),
  defineEndpoint({
    ...shared,
    method: "get",
    path: "/things",
    summary: "List things",
    query: z.object({ q: z.string().optional() }),
    answer: z.object({ q: z.string().nullable() }),
    run: (_, { query }) => {
      if (failure) throw failure;
      return { q: query.q ?? null };
    },
  }),
  defineEndpoint({
    ...shared,
    method: "delete",
    path: "/things/{id}",
    summary: "Delete a thing",
    run: () => undefined,
  }),
  defineEndpoint({
    ...shared,
    permission: "users.write",
    method: "post",
    path: "/things/{id}/crown",
    summary: "Crown a thing",
    answer: thing,
    run: () => ({ id, size: 1 }),
  }),
];
const api = serveTestApi({ endpoints, authenticate: () => ctx });
getLog().level = "silent";

test("paths of programs are told from pages", () => {
  for (const path of ["/api/v1", "/api/v1/nodes?x=1", "/api/hooks/a", "/healthz", "/readyz?x", "/metrics"]) {
    expect(isApiPath(path), path).toBe(true);
  }
  for (const path of ["/", "/api/v10", "/api/auth/session", "/healthzz", "/credentials"]) {
    expect(isApiPath(path), path).toBe(false);
  }
});

test("a created thing is answered with 201, its location and headers that keep it out of caches", async () => {
  const answer = await api.call("POST", "/things", { body: { size: 3 } });
  expect(answer.status).toBe(201);
  expect(answer.json).toEqual({ id, size: 3 });
  expect(answer.headers.get("location")).toBe(`/api/v1/things/${id}`);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
});

test("a deletion is answered with 204 and nothing", async () => {
  const answer = await api.call("DELETE", `/things/${id}`);
  expect([answer.status, answer.text, answer.headers.get("content-type")]).toEqual([204, "", null]);
});

test("what doesn't fit the schema is answered with 422 and the fields", async () => {
  const answer = await api.call("POST", "/things", { body: { parts: [{ name: 1 }] } });
  expect(answer.status).toBe(422);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.json.code).toBe("invalid_input");
  const fields = (answer.json.errors as { field: string }[]).map((error) => error.field);
  expect(fields).toEqual(["size", "parts.0.name"]);
});

test("a body that is not JSON is answered with 400 and without a piece of it", async () => {
  const answer = await api.call("POST", "/things", { body: '{"clientSecret": hunter2}' });
  expect([answer.status, answer.json.code]).toEqual([400, "malformed_json"]);
  expect(answer.text).not.toContain("hunter2");
});

test("a body that is declared as something else is answered with 415", async () => {
  const answer = await api.call("POST", "/things", { body: "size=3", headers: { "Content-Type": "text/plain" } });
  expect([answer.status, answer.json.code]).toEqual([415, "unsupported_media_type"]);
});

test("JSON with a charset or as a +json type is taken", async () => {
  for (const type of ["application/json; charset=utf-8", "application/merge-patch+json"]) {
    const answer = await api.call("POST", "/things", { body: '{"size":1}', headers: { "Content-Type": type } });
    expect(answer.status, type).toBe(201);
  }
});

test("a body over the limit is answered with 413, declared or not", async () => {
  const large = JSON.stringify({ size: 1, note: "x".repeat(maxBodyBytes) });
  const declared = await api.call("POST", "/things", { body: large });
  expect([declared.status, declared.json.code]).toEqual([413, "body_too_large"]);
  const chunked = await sendRaw(
    `POST /api/v1/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n` +
      `${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`,
  );
  expect(chunked).toMatch(/^HTTP\/1.1 413 /);
  expect(chunked).toContain("body_too_large");
});

test.each([
  ["over the limit", "/api/v1/things", "413"],
  ["for a path that doesn't exist", "/api/v1/nothing", "404"],
  ["that the role doesn't allow", `/api/v1/things/${id}/crown`, "403"],
])("a client that sends all of a large body %s still gets the answer", async (_, path, status) => {
  expect(await upload(Number(new URL(api.url).port), path, 8_000_000)).toContain(`HTTP/1.1 ${status} `);
});

test("strings that the database can't hold are refused with their field", async () => {
  for (const name of ["a\0b", "\ud800"]) {
    const answer = await api.call("POST", "/things", { body: { size: 1, parts: [{ name }] } });
    expect(answer.json.errors).toMatchObject([{ field: "parts.0.name" }]);
  }
  const query = await api.call("GET", "/things?q=%00");
  expect([query.status, query.json.code]).toEqual([422, "invalid_input"]);
});

test("a body that nests without end is refused", async () => {
  const answer = await api.call("POST", "/things", { body: `${"[".repeat(100_000)}${"]".repeat(100_000)}` });
  expect([answer.status, answer.json.code]).toEqual([422, "invalid_input"]);
});

test("a query parameter that is not known is refused, and so is one that stands twice", async () => {
  expect((await api.call("GET", "/things?q=a")).json).toEqual({ q: "a" });
  const unknown = await api.call("GET", "/things?stauts=failed");
  expect(unknown.json.errors).toEqual([{ field: "stauts", message: "is not known here." }]);
  expect((await api.call("GET", "/things?q=a&q=b")).status).toBe(422);
});

test("an unknown path is answered with 404, a wrong method with 405 and what is allowed", async () => {
  const unknown = await api.call("GET", "/nothing");
  expect([unknown.status, unknown.json.code]).toEqual([404, "not_found"]);
  const wrong = await api.call("PUT", "/things");
  expect([wrong.status, wrong.json.code, wrong.headers.get("allow")]).toEqual([405, "method_not_allowed", "POST, GET"]);
});

test("an id that is none is not found", async () => {
  const answer = await api.call("DELETE", "/things/42");
  expect([answer.status, answer.json.detail]).toEqual([
    404,
    "There is no thing with the id 42. It may have been deleted.",
  ]);
});

test("a role that never allows an operation is refused before anything is read", async () => {
  const answer = await api.call("POST", `/things/${id}/crown`, { body: "no JSON" });
  expect([answer.status, answer.json.code]).toEqual([403, "forbidden"]);
});

test("an unexpected error is logged under the id that the caller is told", async () => {
  const log = vi.spyOn(getLog(), "error");
  failure = new Error("a bug with hunter2 in it");
  const answer = await api.call("GET", "/things");
  failure = null;
  expect([answer.status, answer.json.code]).toEqual([500, "internal"]);
  expect(answer.text).not.toContain("hunter2");
  const requestId = answer.headers.get("x-request-id");
  expect(answer.json.instance).toBe(`urn:uuid:${requestId}`);
  expect(log.mock.calls[0]?.[0]).toMatchObject({ requestId, status: 500, path: "/api/v1/things" });
});

test("a problem of a use-case keeps its code and its details", async () => {
  failure = new AppError("stale_version", "Someone else saved it.", { details: { changed: ["name"] } });
  const answer = await api.call("GET", "/things");
  failure = null;
  expect([answer.status, answer.json.code, answer.json.changed]).toEqual([409, "stale_version", ["name"]]);
});

test("a request with a Host header that is none is a problem too", async () => {
  const answer = await sendRaw("GET /healthz HTTP/1.1\r\nHost: a/../b\r\nConnection: close\r\n\r\n");
  expect(answer).toMatch(/^HTTP\/1.1 400 /);
  expect(answer).toContain("malformed_request");
});

test("a probe that speaks HTTP/1.0 and names no host is answered", async () => {
  expect(await sendRaw("GET /healthz HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1.1 200 /);
});

test("every code is listed for people who follow the type of a problem", async () => {
  const { json } = await api.call("GET", "/problems");
  expect(json.items).toContainEqual({ code: "in_use", status: 409, title: "Still in use" });
});

function sendRaw(text: string): Promise<string> {
  const port = Number(new URL(api.url).port);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (chunk) => {
      answer += chunk;
      if (answer.includes("}")) socket.destroy();
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", (err) => (answer === "" ? reject(err) : resolve(answer)));
  });
}
