import { resolve } from "node:path";
import { expect, test } from "vitest";
import { pickTests } from "./select-tests.ts";

const listed = [
  {
    name: "renews in time",
    file: resolve("lib/oauth/tokens/renew.test.ts"),
    projectName: "unit",
    location: { line: 3 },
  },
  { name: "waits", file: resolve("lib/oauth/tokens/renew.test.ts"), projectName: "unit", location: { line: 9 } },
  {
    name: "sends Tokens once",
    file: resolve("lib/platform/net/send.db.test.ts"),
    projectName: "database",
    location: { line: 5 },
  },
  {
    name: "sends nothing",
    file: resolve("lib/platform/net/send.db.test.ts"),
    projectName: "database",
    location: { line: 8 },
  },
];

test("selects whole files by their path and single tests by their name", () => {
  expect(pickTests(listed, ["tokens"])).toEqual({
    unit: ["lib/oauth/tokens/renew.test.ts"],
    database: ["lib/platform/net/send.db.test.ts:5"],
  });
});

test("selects what contains any of several words, in any case", () => {
  expect(pickTests(listed, ["WAITS", "nothing"])).toEqual({
    unit: ["lib/oauth/tokens/renew.test.ts:9"],
    database: ["lib/platform/net/send.db.test.ts:8"],
  });
});

test("selects nothing when no path and no name contains the word", () => {
  expect(pickTests(listed, ["certificates"])).toEqual({ unit: [], database: [] });
});
