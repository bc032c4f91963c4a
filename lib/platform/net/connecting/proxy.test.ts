import { expect, test } from "vitest";
import { chooseProxy, isBypassed } from "./proxy.ts";

/** target, bypass entry, whether the proxy is passed by */
const bypasses: [string, string, boolean][] = [
  ["https://api.example.com/", "*", true],
  ["https://api.example.com/", "example.com", true],
  ["https://example.com/", "example.com", true],
  ["https://notexample.com/", "example.com", false],
  ["https://api.example.com/", ".example.com", true],
  ["https://api.example.com/", "*.example.com", true],
  ["https://example.com/", "*.example.com", false],
  ["https://erp.internal/", "*.internal", true],
  ["https://API.EXAMPLE.COM./", "api.example.com", true],
  ["https://api.example.com:8443/", "api.example.com:8443", true],
  ["https://api.example.com/", "api.example.com:8443", false],
  ["https://api.example.com/", "api.example.com:443", true],
  ["http://10.1.2.3/", "10.0.0.0/8", true],
  ["http://11.1.2.3/", "10.0.0.0/8", false],
  ["http://10.1.2.3/", "10.1.2.3", true],
  ["http://[2001:db8::1]/", "2001:db8::/32", true],
  ["http://[2001:db8::1]/", "[2001:db8::1]", true],
  ["http://erp/", "<local>", true],
  ["http://erp.example.com/", "<local>", false],
  ["https://api.example.com/", "", false],
];
test.each(bypasses)("%s with bypass %j: %s", (target, entry, bypassed) => {
  expect(isBypassed(new URL(target), [entry])).toBe(bypassed);
});

const environment = {
  HTTP_PROXY: "http://plain:3128",
  HTTPS_PROXY: "anna:p%40ss@secure:3129",
  NO_PROXY: "localhost, .internal",
};

test("mode none takes no proxy, whatever the environment says", () => {
  expect(chooseProxy(new URL("https://a.example.com"), { mode: "none" }, environment)).toBeNull();
});

test("mode environment takes the variable of the target's scheme, unless NO_PROXY names the host", () => {
  const choose = (url: string) => chooseProxy(new URL(url), { mode: "environment" }, environment);
  expect(choose("http://a.example.com")).toEqual({ url: "http://plain:3128", authorization: null });
  expect(choose("https://a.example.com")).toEqual({
    url: "http://secure:3129",
    authorization: `Basic ${btoa("anna:p@ss")}`,
  });
  expect(choose("https://localhost:8443")).toBeNull();
  expect(choose("https://erp.internal")).toBeNull();
  expect(chooseProxy(new URL("https://a.example.com"), { mode: "environment" }, {})).toBeNull();
});

test("mode manual takes user and password from their fields", () => {
  const settings = { mode: "manual", url: "https://proxy:8443/", username: "anna", bypass: ["b.example.com"] } as const;
  const open = { ...settings, bypass: [...settings.bypass], password: "pä:ss" };
  expect(chooseProxy(new URL("http://a.example.com"), open, environment)).toEqual({
    url: "https://proxy:8443",
    authorization: `Basic ${Buffer.from("anna:pä:ss").toString("base64")}`,
  });
  expect(chooseProxy(new URL("http://b.example.com"), open, environment)).toBeNull();
});

test("names the variable that holds no proxy", () => {
  const choose = () => chooseProxy(new URL("https://a"), { mode: "environment" }, { HTTPS_PROXY: "socks5://x:1" });
  expect(choose).toThrow(/HTTPS_PROXY/);
});
