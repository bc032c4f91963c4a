import { expect, test } from "vitest";
import { getEnv } from "#lib/platform/env/env.ts";

test("a test that sets a variable finds it, whatever was read before", () => {
  expect(getEnv().DATABASE_URL).toBeUndefined();
  process.env.DATABASE_URL = "postgres://127.0.0.1/one";
  expect(getEnv().DATABASE_URL).toBe("postgres://127.0.0.1/one");
  delete process.env.DATABASE_URL;
  expect(getEnv().DATABASE_URL).toBeUndefined();
});
