import { expect, test } from "vitest";
import { describeMissingPrograms } from "./missing-programs.ts";

test("a machine that has all is told nothing, and root that they are installed", () => {
  expect(describeMissingPrograms([], true, "unpack")).toEqual([]);
  expect(describeMissingPrograms([], false, "install")).toEqual([]);
  expect(describeMissingPrograms(["haproxy"], false, "install")).toEqual([
    "Not on this machine, and tests run against it: haproxy.",
    "They are installed now with apt-get. Where that fails, their tests fail, each saying so.",
  ]);
});

test("who is not root is told what is unpacked, what is left out, and one command that gets all of it", () => {
  const lines = describeMissingPrograms(["pgbouncer", "squid"], false, "unpack");
  expect(lines[0]).toBe("Not on this machine, and tests run against them: pgbouncer, squid.");
  expect(lines[1]).toContain("You are not root");
  expect(lines[2]).toContain("left out");
  expect(lines[3]).toBe(
    "To have them, as root on Debian: apt-get install --no-install-recommends pgbouncer squid php-cli php-soap",
  );
});

test("where there is no apt the tests are said to fail", () => {
  expect(describeMissingPrograms(["tinyproxy"], true, "none").join(" ")).toContain(
    "no apt-get here, so their tests will fail",
  );
});
