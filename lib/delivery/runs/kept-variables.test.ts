import { expect, test } from "vitest";
import { ExactNumber } from "#lib/platform/edges/exact-json.ts";
import { keepVariables } from "./kept-variables.ts";
import type { RunRequestReceipt } from "./model.ts";

function receipt(changes: Partial<RunRequestReceipt>): RunRequestReceipt {
  return { method: "POST", url: "https://a.example/", headers: [], body: "", bodyBytes: 0, ...changes };
}

test("values that the request shows are kept, however they are escaped in it", () => {
  const variables = { site: "Plant 7/a", note: 'say "hi"', name: "A & B", count: 3, lines: [1, 2], none: "", on: true };
  const shown = receipt({
    url: "https://a.example/Plant%207%2Fa",
    headers: [{ name: "x-name", value: "A &amp; B" }],
    body: '{"note": "say \\"hi\\"", "count": 3, "lines": [1,2]}',
  });
  expect(keepVariables(variables, shown)).toEqual(variables);
});

test("values that the request hides aren't kept", () => {
  const shown = receipt({ body: '{"password": "[removed]", "id": "4711-2026"}' });
  expect(keepVariables({ password: "hunter2", id: "4711-2026", pin: "026" }, shown)).toEqual({ id: "4711-2026" });
  expect(keepVariables({ password: "hunter2" }, shown)).toBeNull();
});

test("without variables, without a request, and beyond the limit, nothing is kept", () => {
  expect(keepVariables({}, receipt({}))).toBeNull();
  expect(keepVariables({ id: "" }, null)).toBeNull();
  const long = "a".repeat(10_000);
  expect(keepVariables({ long }, receipt({ body: long }))).toBeNull();
});

test("values that the database can't store aren't kept", () => {
  const variables = { text: "a\ud800", data: { nul: "\0", half: "\udc00" } };
  const shown = receipt({ body: `a\ufffd ${JSON.stringify(variables.data)}` });
  expect(keepVariables(variables, shown)).toBeNull();
});

test("a number that a browser would round isn't kept", () => {
  const digits = "12345678901234567890";
  expect(keepVariables({ id: new ExactNumber(digits) }, receipt({ body: digits }))).toBeNull();
});
