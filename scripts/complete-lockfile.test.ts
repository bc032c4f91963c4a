import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describePlatformPackage, findMissing } from "./complete-lockfile.mjs";

test("package-lock.json names the packages of every platform, so that npm ci accepts it (node scripts/complete-lockfile.mjs)", () => {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
  expect(findMissing(lock.packages)).toEqual([]);
});

test("package-lock.json holds no download addresses", () => {
  expect(readFileSync("package-lock.json", "utf8")).not.toMatch(/"resolved": "https?:/);
});

test("a missing platform package is found beside those of a nested parent", () => {
  const packages = {
    "": {},
    "node_modules/a": { optionalDependencies: { "a-linux-x64": "1.0.0", "a-darwin-arm64": "1.0.0" }, dev: true },
    "node_modules/a/node_modules/a-linux-x64": { version: "1.0.0" },
  };
  expect(findMissing(packages)).toEqual([
    { path: "node_modules/a-darwin-arm64", name: "a-darwin-arm64", version: "1.0.0", dev: true },
  ]);
});

test.each([
  ["@next/swc-win32-x64-msvc", { cpu: ["x64"], os: ["win32"] }],
  ["@biomejs/cli-linux-arm64-musl", { cpu: ["arm64"], os: ["linux"], libc: ["musl"] }],
  ["@swc/core-linux-ppc64-gnu", { cpu: ["ppc64"], os: ["linux"], libc: ["glibc"] }],
  ["@oxc-parser/binding-android-arm-eabi", { cpu: ["arm"], os: ["android"] }],
  ["@tailwindcss/oxide-wasm32-wasi", { cpu: ["wasm32"] }],
])("%s tells its platform by its name", (name, platform) => {
  expect(describePlatformPackage(name, "1.0.0")).toEqual({ version: "1.0.0", optional: true, ...platform });
});
