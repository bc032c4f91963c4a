import { expect, test } from "vitest";
import { userQuery } from "#lib/access/accounts/schema.ts";
import { readQuery } from "./read-query.ts";

test("reads what the list takes and leaves the rest of the URL alone", () => {
  expect(readQuery(userQuery, { q: " anna ", role: "lead", limit: "20", utm: "x" })).toEqual({
    q: "anna",
    role: "lead",
    limit: 20,
    sort: "username",
  });
});

test("leaves out what doesn't fit instead of failing the page", () => {
  expect(readQuery(userQuery, { sort: "colour", role: "king", limit: "9999", q: "anna" })).toEqual({
    q: "anna",
    limit: 50,
    sort: "username",
  });
});

test("leaves out what Postgres can't store", () => {
  for (const q of ["a\0", "\ud800"]) expect(readQuery(userQuery, { q })).toEqual({ limit: 50, sort: "username" });
});
