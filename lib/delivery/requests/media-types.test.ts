import { expect, test } from "vitest";
import type { HttpSettings } from "#lib/delivery/transports/definition.ts";
import { httpRequestTemplate } from "#lib/delivery/triggers/definition.ts";
import { parseExactJson } from "#lib/platform/edges/exact-json.ts";
import { buildRequest, checkLiterals, compileRequest } from "./compile-request.ts";

const http: HttpSettings = { url: "https://orders.example.com/v1", method: "POST", headers: [] };
const run = { id: "0190c7a0-0000-7000-8000-000000000001", startedAt: "2026-05-01T08:00:00.000Z" };
const compile = (request: Record<string, unknown>) => compileRequest(httpRequestTemplate.parse(request), http);
const build = (request: Record<string, unknown>, variables: Record<string, unknown>) =>
  buildRequest(compile(request), { variables, run });
const typed = (type: string, body: string) => ({ headers: [{ name: "Content-Type", value: type }], body });

const breakOut = 'the "red" one"},"method":"host.delete","params":{"hostid":"1\n';

test.each([
  "application/json",
  "application/json; charset=utf-8",
  "application/json-rpc",
  "application/jsonrequest",
  "application/x-amz-json-1.1",
  "application/vnd.api+json",
  "application/geo+json",
  "application/geojson",
  "application/problem+json",
  "text/json",
  "text/x-json",
  "APPLICATION/JSON-RPC",
  "application/json5",
  "application/csp-report",
  "application/octet-stream",
  "text/plain",
])("escapes a value for JSON in a body of %s", (type) => {
  const { body } = build(typed(type, '{"method":"host.create","params":{"name":"{{variables.name}}"}}'), {
    name: breakOut,
  });
  expect(JSON.parse(body!)).toEqual({ method: "host.create", params: { name: breakOut } });
});

test.each([
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
  "application/json-seq",
  "application/stream+json",
])("escapes values in each line of %s", (type) => {
  const { body } = build(typed(type, '{"a":"{{variables.a}}"}\n{"b":"{{variables.a}}"}\n'), { a: breakOut });
  const lines = body!.trim().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([{ a: breakOut }, { b: breakOut }]);
  expect(() => build(typed(type, '{"a":{{variables.a}}}\nx\n'), { a: 1 })).toThrow(/not valid JSON/);
});

test.each([
  ["text/csv", 'id,name\n1,"{{variables.a}}"\n'],
  ["application/graphql", 'query { host(name: "{{variables.a}}") { id } }'],
  ["application/yaml", "name: '{{variables.a}}'"],
  ["application/javascript", 'x = {"a": "{{variables.a}}"'],
  ["application/vnd.custom", '{% if variables.a %}{"a":"{{variables.a}}"}{% endif %}'],
])("refuses a value inside quotes in a body of %s, when saved and when run", (type, body) => {
  expect(() => checkLiterals(compile(typed(type, body)))).toThrow(/doesn't know how to escape a value inside quotes/);
  expect(() => build(typed(type, body), { a: "x" })).toThrow(/Enter a Content-Type of JSON, XML, or a form/);
});

test("sends values outside quotes, and those of text/plain, as they are", () => {
  expect(build(typed("text/csv", "{{variables.a}},{{variables.b | json}}"), { a: "1", b: 'x"' }).body).toBe('1,"x\\""');
  expect(build(typed("text/plain", 'say "{{variables.a}}"'), { a: 'x"' }).body).toBe('say "x""');
});

test.each(["utf-16", "shift_jis", "gbk", "nonsense"])("refuses to save the charset %s", (charset) => {
  expect(() => checkLiterals(compile(typed(`text/plain; charset=${charset}`, "x")))).toThrow(
    expect.objectContaining({ fields: [expect.objectContaining({ field: "request.headers.0.value" })] }),
  );
});

const digits = "8202522731445525542";
test.each([digits, "3.14159265358979323846", "-9007199254740993", "1e400"])("keeps the digits of %s", (number) => {
  const variables = parseExactJson(`{"id":${number},"deep":{"list":[${number}]}}`) as Record<string, unknown>;
  const request = {
    path: "/orders/{{variables.id}}",
    query: { q: "{{variables.id}}", l: "{{variables.deep.list}}" },
    headers: [{ name: "X-Id", value: "{{variables.id}}" }],
    body: '{"id":{{variables.id}},"s":"{{variables.id}}","d":{{variables.deep}},"t":"{{variables.deep}}"}',
  };
  const { url, body, headers } = build(request, variables);
  expect(url).toContain(`/orders/${number}?q=${number}&l=${number}`);
  expect(headers[0]).toEqual(["X-Id", number]);
  expect(body).toBe(`{"id":${number},"s":"${number}","d":{"list":[${number}]},"t":"{\\"list\\":[${number}]}"}`);
  expect(build({ body: "{{variables.id | append: '!'}}" }, variables).body).toBe(`${number}!`);
});

test("refuses to calculate with a number that would be rounded", () => {
  const variables = parseExactJson(`{"id":${digits}}`) as Record<string, unknown>;
  expect(() => build({ path: "/{{variables.id | plus: 1}}" }, variables)).toThrow(/too many digits to calculate/);
});

const list = (...pairs: [string, string][]) => pairs.map(([name, value]) => ({ name, value }));
test.each([
  ["keeps the order and repeats of a list", list(["z", "1"], ["a", "2"], ["z", "3"]), {}, "z=1&a=2&z=3"],
  ["keeps the order of an object", { timestamp: "1", symbol: "x", sig: "z" }, {}, "timestamp=1&symbol=x&sig=z"],
  [
    "repeats a parameter for each item",
    { d: "{{variables.d}}" },
    { d: ["x", "y&z", 3, true] },
    "d=x&d=y%26z&d=3&d=true",
  ],
  ["leaves out an empty list", { d: "{{variables.d}}", e: "1" }, { d: [] }, "e=1"],
  ["joins a list on request", { d: "{{variables.d | join: ','}}" }, { d: ["x", "y"] }, "d=x%2Cy"],
  ["keeps an empty value", { flag: "" }, {}, "flag="],
])("%s", (_, query, variables, expected) => {
  expect(new URL(build({ query }, variables).url).search).toBe(`?${expected}`);
});

const form = (body: string, variables: Record<string, unknown>) =>
  build(typed("application/x-www-form-urlencoded", body), variables).body;
test("repeats a form field for each item of a list", () => {
  expect(form("a={{variables.l}}&b=1", { l: ["x", "y z"] })).toBe("a=x&a=y%20z&b=1");
  expect(form("b=1&a={{variables.l}}", { l: [1] })).toBe("b=1&a=1");
});

test("refuses a list inside other text", () => {
  expect(() => build({ query: { d: "x{{variables.d}}" } }, { d: [1] })).toThrow(/list must be the whole value/);
  expect(() => form("a=x{{variables.l}}", { l: [1] })).toThrow(/list must be the whole value/);
  expect(() => build({ path: "/{{variables.d}}" }, { d: [1] })).toThrow(/list or an object/);
});
