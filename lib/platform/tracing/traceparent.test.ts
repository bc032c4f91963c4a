import { describe, expect, test } from "vitest";
import { addTraceparent, mayTellTrace } from "./traceparent.ts";

const patterns = ["orders.example.com", "*.plant7.example.com", "erp.internal:8443"];

describe("who is told the trace", () => {
  test.each([
    ["https://orders.example.com/v1", true],
    ["https://orders.example.com:8443/v1", true],
    ["https://x.orders.example.com/v1", false],
    ["https://evilorders.example.com/v1", false],
    ["https://line.plant7.example.com/", true],
    ["https://plant7.example.com/", false],
    ["https://erp.internal:8443/", true],
    ["https://erp.internal/", false],
  ])("%s: %s", (url, told) => expect(mayTellTrace(url, patterns)).toBe(told));

  test("is nobody unless somebody is named", () => {
    expect(mayTellTrace("https://orders.example.com/", [])).toBe(false);
  });
});

test("a traceparent of the request's own stays", () => {
  const own: [string, string][] = [["Traceparent", "mine"]];
  expect(addTraceparent(own, "ours")).toBe(own);
  expect(addTraceparent([], "ours")).toEqual([["traceparent", "ours"]]);
  expect(addTraceparent([], null)).toEqual([]);
});
