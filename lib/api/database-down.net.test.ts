import { expect, test, vi } from "vitest";
import { serveTestApi } from "#scripts/test-api.ts";

// Nothing listens on port 1.
vi.stubEnv("DATABASE_URL", "postgres://portal:pw-canary@127.0.0.1:1/portal");
vi.stubEnv("SALLYPORT_LOG_LEVEL", "silent");
const api = serveTestApi();

test("without its database the portal says so, and when to come again", async () => {
  const answer = await api.call("GET", "/nodes", { key: "any" });
  expect([answer.status, answer.json.code, answer.headers.get("retry-after")]).toEqual([
    503,
    "database_unavailable",
    "5",
  ]);
  expect(answer.text).not.toContain("canary");
});

test("it is alive then, but not ready", async () => {
  expect((await api.call("GET", "/healthz")).status).toBe(200);
  const ready = await api.call("GET", "/readyz");
  expect([ready.status, ready.json.reason]).toEqual([503, "the database is not reachable"]);
});
