import { expect, test } from "vitest";
import { encodeBody, requireCharset } from "./encode-body.ts";

const encode = (body: string, type: string) => Buffer.from(encodeBody(body, [["Content-Type", type]])).toString("hex");

test.each([
  ["text/plain", "ü", "c3bc"],
  ["text/plain; charset=utf-8", "ü", "c3bc"],
  ["text/plain; charset=UTF8", "ü", "c3bc"],
  ['text/xml; charset="ISO-8859-1"', "ü", "fc"],
  ["text/plain; charset=latin1", "ü", "fc"],
  ["text/plain; charset = us-ascii", "u", "75"],
  ["text/plain;charset=windows-1252", "€", "80"],
  ["text/plain; charset=iso-8859-15", "€", "a4"],
  ["text/plain; charset=windows-1251", "Я", "df"],
  ["text/plain; charset=utf-16le", "ü", "fc00"],
])("encodes a body of %s", (type, body, hex) => {
  expect(encode(body, type)).toBe(hex);
  requireCharset(type);
});

test.each(["iso-8859-1", "us-ascii", "windows-1251"])("refuses a character that %s doesn't have", (charset) => {
  expect(() => encode("漢", `text/plain; charset=${charset}`)).toThrow(`charset ${charset} doesn't have`);
});

test("refuses a charset that can't be written", () => {
  expect(() => encode("x", "text/plain; charset=shift_jis")).toThrow(/can't send the charset shift_jis/);
});
