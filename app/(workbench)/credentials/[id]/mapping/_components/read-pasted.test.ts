import { expect, test } from "vitest";
import { readPasted } from "./read-pasted.ts";

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
const token = `${encode({ alg: "none" })}.${encode({ roles: ["Plant7.Operators"] })}.`;

test("a JWT is decoded, with or without Bearer and blanks around it", () => {
  for (const text of [token, ` Bearer ${token}\n`]) {
    expect(readPasted(text).claims).toEqual({ roles: ["Plant7.Operators"] });
  }
});

test("a payload as JSON is taken as it is", () => {
  expect(readPasted('{"sub":"7"}').claims).toEqual({ sub: "7" });
});

test("anything else is called what it is", () => {
  for (const text of ["", "eyJ", "{", "a.b.c", "null"]) expect(readPasted(text).problem).toMatch(/no JWT/);
  expect(readPasted("a.b.c.d.e").problem).toMatch(/encrypted/);
});
