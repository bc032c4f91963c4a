import { expect, test } from "vitest";
import { expectLinear } from "#scripts/test-growth.ts";
import { readChallenges } from "./challenges.ts";

const read = (...values: string[]) =>
  readChallenges(values).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

test.each([
  ["Bearer", [["bearer", {}]]],
  ['Bearer error="invalid_client"', [["bearer", { error: "invalid_client" }]]],
  ["Bearer error=invalid_client", [["bearer", { error: "invalid_client" }]]],
  [
    'bearer ERROR = "a" , Error_Description= "b, c=\\"d\\""',
    [["bearer", { error: "a", error_description: 'b, c="d"' }]],
  ],
  [
    'Basic realm="x", Bearer error="a"',
    [
      ["basic", { realm: "x" }],
      ["bearer", { error: "a" }],
    ],
  ],
  [
    'Negotiate abc==, Basic realm="x"',
    [
      ["negotiate", {}],
      ["basic", { realm: "x" }],
    ],
  ],
  [
    'Negotiate, NTLM,,Digest qop="auth"',
    [
      ["negotiate", {}],
      ["ntlm", {}],
      ["digest", { qop: "auth" }],
    ],
  ],
  ['Bearer realm="", error="a"', [["bearer", { realm: "", error: "a" }]]],
  ['Bearer error_description="Schl\u00c3\u00bcssel"', [["bearer", { error_description: "Schl\u00fcssel" }]]],
  ['Bearer error_description="Schl\u00fcssel"', [["bearer", { error_description: "Schl\u00fcssel" }]]],
  ['error="a"', []],
  ['Bearer error="a', [["bearer", {}]]],
])("reads %s", (value, expected) => {
  expect(read(value).filter(([scheme]) => scheme !== "a")).toEqual(expected);
});

test("reads challenges of several headers", () => {
  expect(read("Negotiate", 'Bearer error="a"')).toEqual([
    ["negotiate", {}],
    ["bearer", { error: "a" }],
  ]);
});

test.each(['"', "a=", 'a="', "a ", "=,"])("a header full of %j takes no longer than reading it", (piece) => {
  expectLinear((text) => readChallenges([text]), piece, 60_000);
});
