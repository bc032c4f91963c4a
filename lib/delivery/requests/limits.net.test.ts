import { expect, test, vi } from "vitest";
import type { HttpSettings } from "#lib/delivery/transports/definition.ts";
import { httpRequestTemplate } from "#lib/delivery/triggers/definition.ts";
import { parseExactJson } from "#lib/platform/edges/exact-json.ts";
import { expectLinear } from "#scripts/test-growth.ts";
import { buildUntrusted, renderUntrusted } from "./build-untrusted.ts";
import { buildRequest, compileRequest } from "./compile-request.ts";
import { compileSoapRequest } from "./compile-soap-request.ts";
import { inlineLimits } from "./rendering/limits.ts";
import { listVariables, parseTemplate } from "./template.ts";

const http: HttpSettings = { url: "https://a.example.com", method: "POST", headers: [] };
const run = { id: "0190c7a0-0000-7000-8000-000000000001", startedAt: "2026-05-01T08:00:00.000Z" };
const text = (type: string) => [{ name: "Content-Type", value: type }];

const compile = (body: string, type = "text/plain") =>
  compileRequest(httpRequestTemplate.parse({ body, headers: text(type) }), http);
const build = (body: string, variables: Record<string, unknown> = {}, type?: string) =>
  buildUntrusted(compile(body, type), { variables, run });

const list = Array.from({ length: 20_000 }, (_, index) => index);
const doubled = `{% assign a = "xxxxxxxxxx" %}${"{% assign a = a | append: a %}".repeat(60)}{{a}}`;
const nested = `{{ variables.a | where_exp: "x", "variables.a | where_exp: 'y', 'y > 0'" | size }}`;
const found = `{{ variables.a | find_exp: "x", "x ${"and x ".repeat(500)}== 1" }}`;

test.each([
  ["a loop over a range of a billion", "{% for a in (1..1000000000) %}x{% endfor %}", /limit exceeded/],
  [
    "loops inside each other",
    "{% for a in (1..3000) %}{% for b in (1..3000) %}x{% endfor %}{% endfor %}",
    /limit exceeded/,
  ],
  ["a text that doubles", doubled, /limit exceeded/],
  ["long texts in a loop", `{% for a in (1..100000) %}${"x".repeat(10_000)}{% endfor %}`, /output limit exceeded/],
  ["a long value in a loop", "{% for a in (1..100000) %}{{variables.b}}{% endfor %}", /output limit exceeded/],
  ["an object in a loop", "{% for a in (1..100000) %}{{variables.c}}{% endfor %}", /output limit exceeded/],
  ["expressions for each item", nested, /limit exceeded/],
  ["a long expression for each item", found, /limit exceeded/],
])("%s is refused with the reason, whatever it asks for", async (_, body, reason) => {
  const variables = { a: list, b: "y".repeat(100_000), c: { d: ["z".repeat(100_000)] } };
  await expect(build(body, variables)).rejects.toMatchObject({ code: "template_invalid", message: reason });
});

test.each([
  ["application/xml", "<a>{% for a in (1..100) %}{{variables.a}}{% endfor %}</a>", "&"],
  ["application/json", '["{% for a in (1..100) %}{{variables.a}}{% endfor %}"]', "\u0001"],
  ["application/x-www-form-urlencoded", "a={% for a in (1..100) %}{{variables.a}}{% endfor %}", "€"],
])("the characters of escaped values count for %s", async (type, body, character) => {
  // Short enough as it is, too long when it's escaped.
  const a = character.repeat(50_000);
  await expect(build(body, { a }, type)).rejects.toMatchObject({
    code: "template_invalid",
    message: expect.stringMatching(/output limit exceeded/),
  });
});

test("a secret header of a request that a thread makes is opened when it's sent", async () => {
  const header = { name: "X-Api-Key", value: null, secret: true, setAt: "2026-05-01T08:00:00.000Z" };
  const body = "{% for item in variables.items %}{{item}},{% endfor %}";
  const openers = { transport: () => [], trigger: () => ["key of {{variables.site}}"] };
  const compiled = compileRequest({ ...httpRequestTemplate.parse({ body }), headers: [header] }, http, openers);
  const variables = { items: Array.from({ length: 30_000 }, () => "some words"), site: "plant 7" };
  const made = buildUntrusted(compiled, { variables, run });
  expect(made).toBeInstanceOf(Promise);
  const { headers, secretHeaders } = await made;
  expect(JSON.stringify(headers)).not.toContain("key of");
  expect(secretHeaders?.map(({ index, open }) => [headers[index]?.[0], open()])).toEqual([
    ["X-Api-Key", "key of plant 7"],
  ]);
});

test("what is too much for the event loop is the same when a thread makes it", async () => {
  const variables = { items: parseExactJson(`[${"90071992547409931,".repeat(30_000)}1]`) };
  const body = "[{% for item in variables.items %}{{item}}{% unless forloop.last %},{% endunless %}{% endfor %}]";
  const made = build(body, variables, "application/json");
  expect(made).toBeInstanceOf(Promise);
  expect(await made).toEqual(buildRequest(compile(body, "application/json"), { variables, run }));
  expect((await made).body).toMatch(/^\[90071992547409931,90071992547409931,.*,1\]$/);

  const call = compileSoapRequest({ operation: "Op", arguments: { a: ["{{variables.a}}"], b: "x{{variables.a}}" } });
  const a = "x".repeat(inlineLimits.length);
  const rendered = renderUntrusted(call, { settings: { headers: "<h/>" } }, { variables: { a }, run });
  expect(rendered).toBeInstanceOf(Promise);
  expect(await rendered).toMatchObject({ arguments: { a: [a], b: `x${a}` }, headers: "<h/>" });
});

test("a small request is made at once on a busy machine, where time passes without work", () => {
  let now = performance.now();
  vi.spyOn(performance, "now").mockImplementation(() => (now += 1000));
  try {
    expect(build("{{variables.a | upcase}} {% if variables.a %}{{variables.a}}{% endif %}", { a: "x" })).toMatchObject({
      body: "X x",
    });
  } finally {
    vi.restoreAllMocks();
  }
});

test("a small request is made without a promise", () => {
  expect(build("{{variables.a}}", { a: 1 })).toMatchObject({ body: "1" });
});

test("a template of very many tags is refused, and others are analyzed in time that grows with their length", () => {
  expect(() => compile("{{variables.a}}".repeat(6000))).toThrow(/more than 5000 outputs and tags/);
  const analyze = (source: string) => listVariables([parseTemplate(source, "f")]);
  expectLinear(analyze, `{{variables.a}}\n${"x".repeat(40)}`, 200_000);
});

test("an error names the line of a long template", () => {
  expect(() => compile(`${"x\n".repeat(20)}  {{ variables.a | nothing }}`)).toThrow(/line:21, col:3/);
});

test.each([
  ["application/x-www-form-urlencoded", (a: string) => `a=1&b={{variables.${a}}}&`],
  ["application/vnd.unknown", (a: string) => `'x' {{variables.${a}}} "y" `],
])("many values are written for %s in time that grows with their number", (type, unit) => {
  expectLinear(
    (source) => buildRequest(compile(source, type), { variables: { a: [1, 2], b: "x" }, run }),
    unit(type.includes("form") ? "a" : "b"),
    60_000,
  );
});
