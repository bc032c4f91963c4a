import { expect, test } from "vitest";
import { joinUrl } from "./send.ts";

test.each([
  ["https://a.example", "", "", "https://a.example/"],
  ["https://a.example/v1", "", "", "https://a.example/v1"],
  ["https://a.example/v1/", "/x", "", "https://a.example/v1/x"],
  ["https://a.example/v1", "/", "", "https://a.example/v1/"],
  ["https://a.example", "//b.example/x", "", "https://a.example//b.example/x"],
  ["https://a.example/v1?site=7?8", "/x", "a=1", "https://a.example/v1/x?site=7?8&a=1"],
  ["https://a.example?site=7", "", "", "https://a.example/?site=7"],
  ["https://a.example/v1?", "/x", "a=1", "https://a.example/v1/x?a=1"],
])("%s and %s and %s make %s…", (base, path, search, expected) => {
  expect(joinUrl(base, path, search)).toBe(expected);
});
