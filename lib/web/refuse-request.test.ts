import { expect, test } from "vitest";
import { maxPageBodyBytes, refuseRequest } from "./refuse-request.ts";

const host = "portal.example.com";
const portal = `https://${host}`;

/** method, headers, what it is answered with */
const table: [string, Record<string, string>, number | null][] = [
  ["GET", { "sec-fetch-site": "cross-site" }, null],
  ["GET", { origin: "https://evil.example" }, null],
  ["POST", { "sec-fetch-site": "same-origin", origin: portal }, null],
  ["POST", { "sec-fetch-site": "none" }, null],
  ["POST", {}, null],
  ["POST", { origin: portal, host: "10.0.0.7:3000" }, null],
  ["POST", { origin: "http://10.0.0.7:3000", host: "10.0.0.7:3000" }, null],
  ["POST", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }, 403],
  ["POST", { "sec-fetch-site": "same-site", origin: "https://other.example.com" }, 403],
  ["POST", { origin: "https://evil.example" }, 403],
  ["POST", { origin: `https://${host}.evil.example` }, 403],
  ["POST", { origin: "null" }, 403],
  ["DELETE", { origin: "https://evil.example" }, 403],
  ["POST", { "content-length": String(maxPageBodyBytes) }, null],
  ["POST", { "content-length": String(maxPageBodyBytes + 1) }, 413],
  ["POST", { "transfer-encoding": "chunked" }, 411],
];

test.each(table)("%s with %j is answered with %s", (method, headers, status) => {
  expect(refuseRequest({ method, path: "/account", headers: { host, ...headers } }, portal)?.status ?? null).toBe(
    status,
  );
});

test("a provider's answer may be posted to the redirect URI, and nowhere else, within the same limit", () => {
  const headers = { host, "sec-fetch-site": "cross-site", origin: "https://login.example.com" };
  const post = (path: string, more = {}) =>
    refuseRequest({ method: "POST", path, headers: { ...headers, ...more } }, portal)?.status ?? null;
  expect(post("/api/credentials/callback")).toBeNull();
  expect(post("/api/credentials/callback?x=1")).toBeNull();
  expect(post("/api/credentials/callback", { "content-length": "99999999" })).toBe(413);
  expect(post("/api/credentials/callbacks")).toBe(403);
  expect(post("/api/credentials/sign-out")).toBe(403);
});
