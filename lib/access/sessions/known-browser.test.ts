import { beforeAll, expect, test } from "vitest";
import { createKnownBrowser, nameKnownBrowser, readKnownBrowser } from "./known-browser.ts";

beforeAll(() => {
  process.env.NEXTAUTH_SECRET = "s".repeat(32);
});

test("a known browser counts only for the account that signed in, and can't be made up", () => {
  const value = createKnownBrowser("anna");
  expect(readKnownBrowser(value, "anna")).toBe(value.split(".")[0]);
  expect(nameKnownBrowser("anna")).not.toBe(nameKnownBrowser("bert"));
  const forged = [undefined, "", value.split(".")[0], `${value}.x`, `${"A".repeat(22)}.${value.split(".")[1]}`];
  for (const other of forged) expect(readKnownBrowser(other, "anna")).toBeNull();
  expect(readKnownBrowser(value, "bert")).toBeNull();
});
