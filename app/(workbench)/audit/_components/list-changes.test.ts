import { expect, test } from "vitest";
import { describeAction } from "./describe-action.ts";
import { listChanges } from "./list-changes.ts";

test("an update shows the fields that differ, nested ones by their path, versions not", () => {
  const before = { name: "A", proxy: { mode: "none" }, hosts: ["a", "b"], version: 1, same: 1 };
  const after = { name: "B", proxy: { mode: "manual", url: "http://p" }, hosts: [], version: 2, same: 1 };
  expect(listChanges(before, after)).toEqual([
    { field: "name", before: "A", after: "B" },
    { field: "proxy.mode", before: "none", after: "manual" },
    { field: "hosts", before: "a; b", after: "none" },
    { field: "proxy.url", before: undefined, after: "http://p" },
  ]);
});

test("what was made or deleted shows one side", () => {
  expect(listChanges(null, { enabled: false, notes: "" })).toEqual([
    { field: "enabled", before: undefined, after: "no" },
    { field: "notes", before: undefined, after: "empty" },
  ]);
  expect(listChanges({ roles: [{ role: "admin" }] }, null)).toEqual([
    { field: "roles", before: '[{"role":"admin"}]', after: undefined },
  ]);
  expect(listChanges(null, null)).toEqual([]);
});

test("actions are put in words, whatever they are", () => {
  expect(describeAction("api_key.create")).toBe("API key: create");
  expect(describeAction("user.reset_password")).toBe("User: reset password");
  expect(describeAction("migration")).toBe("Migration");
});
