import { expect, test } from "vitest";
import { safeReturnTo } from "./return-to.ts";

test.each(["/", "/users", "/users?q=a%20b&page=2#top", "/credentials/new"])(
  "keeps the portal's own path %s",
  (path) => {
    expect(safeReturnTo(path)).toBe(path);
  },
);

test.each([
  "https://evil.example",
  "//evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "/.//evil.example",
  "javascript:alert(1)",
  "users",
  "",
  undefined,
  ["/users"],
  "/signin",
  "/signin?returnTo=/users",
  "/api/auth/signout",
])("goes to the start instead of to %s", (asked) => {
  expect(safeReturnTo(asked)).toBe("/");
});

test("drops the mark of Next's router", () => {
  expect(safeReturnTo("/users?q=anna&_rsc=1abc")).toBe("/users?q=anna");
});
