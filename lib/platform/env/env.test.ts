import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseEnv } from "./env.ts";

test("an empty environment gives the documented defaults", () => {
  const env = parseEnv({});
  expect(env).toMatchObject({
    PORT: 3000,
    url: "http://localhost:3000",
    SALLYPORT_DATA_DIR: ".data",
    SALLYPORT_ROLE: "all",
  });
  expect(env.DATABASE_URL).toBeUndefined();
});

test("the public URL loses its trailing slash and wins over the port", () => {
  expect(parseEnv({ PORT: "4000", SALLYPORT_URL: "https://portal.example.com/" }).url).toBe(
    "https://portal.example.com",
  );
  expect(parseEnv({ PORT: "4000" }).url).toBe("http://localhost:4000");
});

test("a blank value counts as unset", () => {
  expect(parseEnv({ PORT: "", DATABASE_URL: "", SALLYPORT_ENCRYPTION_KEYS: "" }).PORT).toBe(3000);
});

test.each([
  ["PORT", "99999"],
  ["PORT", "http"],
  ["SALLYPORT_URL", "portal.example.com"],
  ["DATABASE_URL", "mysql://canary@db/x"],
  ["SALLYPORT_ENCRYPTION_KEYS", "canary"],
  ["SALLYPORT_ENCRYPTION_KEYS", `k1:${Buffer.from("canary").toString("base64")}`],
  ["NEXTAUTH_SECRET", "canary-too-short"],
  ["SALLYPORT_ADMIN_PASSWORD", "canary"],
  ["SALLYPORT_API_KEY", "canary"],
  ["SALLYPORT_ROLE", "canary"],
  ["SALLYPORT_LOG_LEVEL", "canary"],
])("a wrong %s is named and its value is not repeated", (name, value) => {
  expect(() => parseEnv({ [name]: value })).toThrow(new RegExp(`^Wrong environment: .*${name} `));
  expect(() => parseEnv({ [name]: value })).not.toThrow(/canary/);
});

test("encryption keys are read in order, and an id that stands twice is refused", () => {
  const [a, b] = [randomBytes(32), randomBytes(32)];
  const keys = parseEnv({ SALLYPORT_ENCRYPTION_KEYS: `new:${a.toString("base64")}, old:${b.toString("base64")}` });
  expect(keys.SALLYPORT_ENCRYPTION_KEYS).toEqual([
    { kid: "new", key: a },
    { kid: "old", key: b },
  ]);
  const twice = `k:${a.toString("base64")},k:${b.toString("base64")}`;
  expect(() => parseEnv({ SALLYPORT_ENCRYPTION_KEYS: twice })).toThrow(/key id k stands twice/);
});

test("the proxy variables are read in lower case too, which wins", () => {
  expect(parseEnv({ http_proxy: "http://a:1", HTTP_PROXY: "http://b:1" }).HTTP_PROXY).toBe("http://a:1");
});

test(".env.example names every setting", () => {
  const example = readFileSync(".env.example", "utf8");
  const named = new Set(example.match(/^#? ?([A-Z_]+)=/gm)?.map((line) => line.replace(/[^A-Z_]/g, "")));
  expect(
    [...Object.keys(parseEnv({})), ...optionalNames].filter(
      (name) => name !== "url" && name !== "NODE_ENV" && !named.has(name),
    ),
  ).toEqual([]);
});

const optionalNames = [
  "DATABASE_URL",
  "SALLYPORT_ENCRYPTION_KEYS",
  "NEXTAUTH_SECRET",
  "SALLYPORT_ADMIN_PASSWORD",
  "SALLYPORT_API_KEY",
  "SALLYPORT_EXTRA_CA",
];
