import { expect, test } from "vitest";
import { followRedirect, redirectTarget } from "./redirect.ts";

const request = {
  method: "POST",
  url: "https://a.example/v1/x",
  headers: [
    ["authorization", "Bearer t"],
    ["X-Api-Key", "k"],
    ["Content-Type", "application/json"],
    ["accept", "*/*"],
  ] as [string, string][],
  body: "{}",
};
const get = { ...request, method: "GET", body: null };
const names = (next: { headers: [string, string][] }) => next.headers.map(([name]) => name);

test("the target is read against the URL of the request", () => {
  const to = (location: string, status = 302) =>
    redirectTarget({ status, headers: [["location", location]] }, request.url);
  expect(to("y?z=1")).toBe("https://a.example/v1/y?z=1");
  expect(to("//b.example/")).toBe("https://b.example/");
  expect(to("http://[")).toBeNull();
  expect(to("y", 200)).toBeNull();
  expect(redirectTarget({ status: 302, headers: [] }, request.url)).toBeNull();
});

test.each([
  [301, "POST", "GET"],
  [302, "POST", "GET"],
  [303, "POST", "GET"],
  [303, "PUT", "GET"],
  [303, "HEAD", "HEAD"],
  [302, "PUT", "PUT"],
  [307, "POST", "POST"],
  [308, "POST", "POST"],
])("on one origin, %s makes a %s a %s", (status, method, expected) => {
  const next = followRedirect({ ...request, method }, status, "https://a.example/y");
  expect(next.method).toBe(expected);
  expect(next.body).toBe(expected === "GET" ? null : "{}");
  expect(names(next)).toContain("authorization");
  expect(names(next).includes("Content-Type")).toBe(expected !== "GET");
});

test.each(["https://b.example/", "https://a.example:8443/", "https://a.example.evil.org/"])(
  "to %s goes neither the token nor a configured header",
  (target) => {
    expect(names(followRedirect(get, 302, target))).toEqual(["accept"]);
  },
);

test.each([
  ["http://a.example/", "https to unencrypted http"],
  ["ftp://a.example/", "only http and https"],
])("%s is refused: %s", (target, why) => {
  expect(() => followRedirect(get, 302, target)).toThrowError(new RegExp(why));
});

test("a body never goes to another server", () => {
  expect(() => followRedirect(request, 307, "https://b.example/")).toThrowError(/another server/);
});

test("user and password in a target are not taken over", () => {
  expect(followRedirect(get, 302, "https://u:p@a.example/y#z").url).toBe("https://a.example/y");
});
