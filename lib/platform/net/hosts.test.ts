import { expect, test } from "vitest";
import { hostPattern, isHostAllowed } from "./hosts.ts";

/** url, allowed hosts, allowed */
const table: [string, string[], boolean][] = [
  ["https://anything.example.org/", [], false],
  ["https://orders.example.com/v1", ["orders.example.com"], true],
  ["https://ORDERS.example.com./v1", ["orders.example.com"], true],
  ["https://orders.example.com:8443/", ["orders.example.com"], true],
  ["https://orders.example.com:8443/", ["orders.example.com:8443"], true],
  ["https://orders.example.com/", ["orders.example.com:8443"], false],
  ["https://orders.example.com/", ["orders.example.com:443"], true],
  ["https://evil.com/orders.example.com", ["orders.example.com"], false],
  ["https://orders.example.com@evil.com/", ["orders.example.com"], false],
  ["https://orders.example.com.evil.com/", ["orders.example.com"], false],
  ["https://a.example.com/", ["*.example.com"], true],
  ["https://a.b.example.com/", ["*.example.com"], true],
  ["https://example.com/", ["*.example.com"], false],
  ["https://notexample.com/", ["*.example.com"], false],
  ["https://a.example.com/", ["b.example.com", "*.example.com:443"], true],
  ["https://10.0.0.7/", ["10.0.0.7"], true],
  ["https://0x0a000007/", ["10.0.0.7"], true],
  ["https://[2001:db8::7]:81/", ["[2001:db8::7]:81"], true],
  ["https://[2001:db8::7]/", ["[2001:db8::7]:81"], false],
  ["http://anything.example.org/", [], false],
  ["http://orders.example.com/", ["orders.example.com"], false],
  ["http://orders.example.com/", ["orders.example.com:80"], false],
  ["http://orders.example.com/", ["http://orders.example.com"], true],
  ["http://orders.example.com:8080/", ["http://orders.example.com"], false],
  ["http://orders.example.com:8080/", ["http://orders.example.com:8080"], true],
  ["https://orders.example.com/", ["http://orders.example.com"], false],
  ["http://a.example.com/", ["http://*.example.com"], true],
  ["http://127.0.0.1:81/", [], false],
  ["http://127.0.0.1:81/", ["127.0.0.1"], true],
  ["http://LOCALHOST./", ["localhost"], true],
  ["http://localhost.example.com/", ["*.example.com"], false],
  ["http://127.0.0.1.example.com/", ["*.example.com"], false],
  ["http://localhost@example.com/", ["localhost", "example.com"], false],
  ["ftp://localhost/", ["localhost"], false],
  ["ws://localhost/", ["localhost"], false],
  ["not a url", ["a.example.com"], false],
];
test.each(table)("%s with %j: %s", (url, allowed, expected) => {
  expect(isHostAllowed(url, allowed)).toBe(expected);
});

test.each([
  "orders.example.com",
  "http://erp.example.com:8080",
  "http://*.example.com",
  "*.example.com",
  "localhost:8080",
  "10.0.0.7",
  "[::1]:81",
  " Orders.Example.com ",
  "https://orders.example.com",
])("takes the pattern %j", (text) => {
  expect(hostPattern.safeParse(text).success).toBe(true);
});
test("https:// is left out of the pattern, since all patterns mean it", () => {
  expect(hostPattern.parse("https://Orders.example.com:8443")).toBe("orders.example.com:8443");
});
test.each([
  "",
  "https://orders.example.com/",
  "http://",
  "http://http://a.example.com",
  "http://a.example.com/",
  "orders.example.com/v1",
  "*",
  "a.*.com",
  "host:0",
  "host:70000",
  "a b",
])("refuses the pattern %j", (text) => {
  expect(hostPattern.safeParse(text).success).toBe(false);
});
