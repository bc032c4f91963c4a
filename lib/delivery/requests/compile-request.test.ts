import fc from "fast-check";
import { expect, test } from "vitest";
import type { HttpSettings } from "#lib/delivery/transports/definition.ts";
import { httpRequestTemplate } from "#lib/delivery/triggers/definition.ts";
import { buildRequest, checkLiterals, compileRequest, findJsonVariables } from "./compile-request.ts";

const http: HttpSettings = { url: "https://orders.example.com/v1?site=7", method: "POST", headers: [] };
const run = { id: "0190c7a0-0000-7000-8000-000000000001", startedAt: "2026-05-01T08:00:00.000Z" };

function build(request: Record<string, unknown>, variables: Record<string, unknown> = {}, settings = http) {
  return buildRequest(compileRequest(httpRequestTemplate.parse(request), settings), { variables, run });
}
function check(request: Record<string, unknown>, settings = http) {
  checkLiterals(compileRequest(httpRequestTemplate.parse(request), settings));
}

/** Whatever JSON can say, with strings that try to break out. */
const nasty = fc.oneof(
  fc.string({ unit: "binary-ascii" }),
  fc.constantFrom(
    '"',
    "\\",
    '\\"',
    '","admin":true,"x":"',
    "\r\nX-Evil: 1",
    "..",
    "%2e%2e",
    "../x",
    "/",
    "?",
    "#",
    "\0",
  ),
  fc
    .array(fc.constantFrom('"', "\\", "\n", "\r", "{", "}", "<", "&", "/", ".", "%", "\ud800", "\0", "ü"), {
      maxLength: 8,
    })
    .map((parts) => parts.join("")),
);
const value = fc.oneof(nasty, fc.jsonValue());

test("a request is put together from transport and trigger", () => {
  const request = build(
    {
      path: "/orders/{{variables.id}}",
      query: { a: "1", q: "{{variables.q}}" },
      headers: [{ name: "X-Order", value: "{{variables.id}}" }],
      body: '{"id":"{{variables.id}}","run":"{{run.id}}"}',
    },
    { id: "A/1 ü", q: "x&y=z" },
    { ...http, headers: [{ name: "X-Site", value: "{{7}}" }] },
  );
  expect(request).toEqual({
    method: "POST",
    url: "https://orders.example.com/v1/orders/A%2F1%20%C3%BC?site=7&a=1&q=x%26y%3Dz",
    headers: [
      ["X-Site", "{{7}}"],
      ["X-Order", "A/1 ü"],
      ["content-type", "application/json"],
    ],
    body: `{"id":"A/1 ü","run":"${run.id}"}`,
  });
});

test("a trigger's header replaces the transport's, whatever the case", () => {
  const settings = { ...http, headers: [{ name: "Content-Type", value: "application/json" }] };
  const request = build(
    { headers: [{ name: "content-type", value: "text/csv" }], body: "{{variables.a}}" },
    { a: '"' },
    settings,
  );
  expect(request.headers).toEqual([["content-type", "text/csv"]]);
  expect(request.body).toBe('"');
});

test("a request without a body has none, and no content type", () => {
  expect(build({ path: "/x" })).toMatchObject({ body: null, headers: [] });
});

test("a missing variable is named with the place that uses it", () => {
  expect(() => build({ path: "/orders/{{variables.id}}" })).toThrowError(
    expect.objectContaining({
      code: "invalid_input",
      fields: [{ field: "variables.id", message: "Not given, but request.path uses it." }],
    }),
  );
});

test("a default and a condition make a variable optional", () => {
  const request = {
    body: '{"id":"{{variables.id | default: "none"}}"{% if variables.note %},"note":"{{variables.note}}"{% endif %}}',
  };
  expect(build(request).body).toBe('{"id":"none"}');
  expect(build(request, { id: "1", note: "n" }).body).toBe('{"id":"1","note":"n"}');
});

test("the variables of a request are listed", () => {
  const request = httpRequestTemplate.parse({
    path: "/{{variables.b}}",
    query: { q: "{{variables.a | upcase}}" },
    headers: [{ name: "X-C", value: "{% if variables.c %}1{% endif %}" }],
    body: "{% for item in variables.items %}{{item.id}}{% endfor %}{{run.id}}",
  });
  expect(compileRequest(request, http).variables).toEqual(["a", "b", "c", "items"]);
});

test.each([
  ['{"a":"{{variables.a}}","b":{{variables.b}},"c":[{{ variables.c | plus: variables.d }}]}', ["b", "c", "d"]],
  ['{"a":"x \\" {{variables.a}}"{% if variables.z %},"b":{{variables.b}}{% endif %}}', ["b"]],
  ["plain {{variables.a}}", []],
  ["", []],
])("the variables in the place of a JSON value are told apart in %s", (body, expected) => {
  expect(findJsonVariables(compileRequest(httpRequestTemplate.parse({ body }), http))).toEqual(expected);
});

test("a name outside variables and run is refused when saved", () => {
  expect(() => check({ path: "/{{id}}" })).toThrowError(
    expect.objectContaining({
      code: "template_invalid",
      fields: [{ field: "request.path", message: "id is unknown; a variable is written {{variables.id}}." }],
    }),
  );
});

test.each([
  "{% include 'x' %}",
  "{% render 'x' %}",
  "{% layout 'x' %}",
  "{% capture x %}{% endcapture %}",
  "{% echo 1 %}",
  "{{variables.a | raw}}",
  "{{variables.a | nope}}",
  "{{variables.a",
  "{% if %}",
])("%s is refused when saved", (body) => {
  expect(() => check({ headers: [{ name: "content-type", value: "text/plain" }], body })).toThrowError(
    expect.objectContaining({ code: "template_invalid", fields: [expect.objectContaining({ field: "request.body" })] }),
  );
});

test.each(["/a?b=1", "/a#b", "/a/../b", "/a/%2E%2e/b", "/a\\b"])("the path %s is refused when saved", (path) => {
  expect(() => check({ path })).toThrowError(expect.objectContaining({ code: "template_invalid" }));
});

test("a body that can't become JSON is refused when saved", () => {
  expect(() => check({ body: '{"id": {{variables.id}},}' })).toThrowError(/not valid JSON/);
  check({ body: '{"id": {{variables.id}}, {{variables.key}}: [{{variables.a}}, "{{variables.b}}"]}' });
});

test("prototypes can't be reached through a variable", () => {
  expect(() => build({ body: "{{variables.constructor}}" })).toThrowError(/variables.constructor/);
});

test("a template can't run for ever or fill the memory", () => {
  const body = "{% for a in (1..100000000) %}x{% endfor %}";
  expect(() => build({ body })).toThrowError(expect.objectContaining({ code: "template_invalid" }));
});

test("any value inside a JSON string stays that string", () => {
  fc.assert(
    fc.property(value, (a) => {
      const { body } = build({ body: '{"a":"{{variables.a}}","b":1}' }, { a });
      const parsed = JSON.parse(body!);
      expect(Object.keys(parsed)).toEqual(["a", "b"]);
      expect(typeof parsed.a).toBe("string");
      if (typeof a === "string") expect(parsed.a).toBe(a.toWellFormed());
    }),
    { numRuns: 200 },
  );
});

test("any value in the place of a JSON value is that value", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (a) => {
      const { body } = build({ body: '{"a":{{variables.a}},"b":1}' }, { a });
      expect(body).toBe(`{"a":${JSON.stringify(a)},"b":1}`);
    }),
    { numRuns: 200 },
  );
});

test("any value in a JSON body of conditions and loops yields valid JSON", () => {
  const body =
    '[{% for item in variables.items %}{% if forloop.index0 > 0 %},{% endif %}{"v":{{item}},"s":"a{{item}}b"}{% endfor %}]';
  fc.assert(
    fc.property(fc.array(value, { maxLength: 5 }), (items) => {
      expect(JSON.parse(build({ body }, { items }).body!)).toHaveLength(items.length);
    }),
    { numRuns: 200 },
  );
});

test("any value in the path stays in its segment, or the run is refused", () => {
  fc.assert(
    fc.property(value, (a) => {
      let request: ReturnType<typeof build>;
      try {
        request = build({ path: "/orders/{{variables.a}}/items" }, { a });
      } catch (err) {
        expect(err).toMatchObject({ code: "template_invalid", fields: [{ field: "request.path" }] });
        return;
      }
      const url = new URL(request.url);
      expect(url.origin).toBe("https://orders.example.com");
      expect(url.pathname).toMatch(/^\/v1\/orders\/[^/]+\/items$/);
      expect(url.search).toBe("?site=7");
      if (typeof a === "string") expect(decodeURIComponent(url.pathname.split("/")[3]!)).toBe(a.toWellFormed());
    }),
    { numRuns: 200 },
  );
});

test("any value of a query parameter stays its value", () => {
  fc.assert(
    fc.property(value, (a) => {
      const url = new URL(build({ query: { q: "{{variables.a}}", z: "1" } }, { a }).url);
      const names = Array.isArray(a) ? a.map(() => "q") : ["q"];
      expect([...url.searchParams.keys()]).toEqual(["site", ...names, "z"]);
      if (typeof a === "string") expect(url.searchParams.get("q")).toBe(a.toWellFormed());
    }),
    { numRuns: 200 },
  );
});

test("any value of a header stays in that header, or the run is refused", () => {
  fc.assert(
    fc.property(value, (a) => {
      try {
        const { headers } = build({ headers: [{ name: "X-A", value: "v {{variables.a}}" }] }, { a });
        expect(headers).toHaveLength(1);
        expect(headers[0]![1]).toMatch(/^[\t\x20-\x7e\x80-\xff]*$/);
      } catch (err) {
        expect(err).toMatchObject({ code: "template_invalid", fields: [{ field: "request.headers.0.value" }] });
      }
    }),
    { numRuns: 200 },
  );
});

test("any value in a form body stays the value of its field", () => {
  const headers = [{ name: "Content-Type", value: "application/x-www-form-urlencoded" }];
  fc.assert(
    fc.property(nasty, (a) => {
      const { body } = build({ headers, body: "a={{variables.a}}&b=1" }, { a });
      expect([...new URLSearchParams(body!)]).toEqual([
        ["a", a.toWellFormed()],
        ["b", "1"],
      ]);
    }),
    { numRuns: 200 },
  );
});

test("any value in an XML body stays text, or the run is refused", () => {
  fc.assert(
    fc.property(nasty, (a) => {
      try {
        const { body } = build({ body: '<a b="{{variables.a}}">{{variables.a}}</a>' }, { a });
        expect(body!.match(/[<>]/g)).toHaveLength(4);
        expect(body!.match(/"/g)).toHaveLength(2);
      } catch (err) {
        expect(err).toMatchObject({ code: "template_invalid" });
      }
    }),
    { numRuns: 200 },
  );
});
