import { describe, expect, test } from "vitest";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import { expectLinear } from "#scripts/test-growth.ts";
import { buildEnvelope } from "./build.ts";
import { describeOperation } from "./describe.ts";
import type { Types } from "./model.ts";
import { validateArguments } from "./validate.ts";
import { findLexicalProblem } from "./value-space/find-lexical-problem.ts";
import { parseWsdl } from "./wsdl.ts";

// Small documents that ask for much work: each is refused or gives a small result, without an error of the process.

const ref = { service: "S", port: "P", operation: "Op" };

/** A WSDL whose operation takes the element `Op` of a schema. */
const compile = (schema: string) =>
  parseWsdl([
    {
      location: "upload:a.wsdl",
      text: `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:t" targetNamespace="urn:t"
        xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"><types><schema xmlns="http://www.w3.org/2001/XMLSchema"
        xmlns:t="urn:t" targetNamespace="urn:t">${schema}</schema></types>
        <message name="In"><part name="p" element="t:Op"/></message>
        <portType name="T"><operation name="Op"><input message="t:In"/></operation></portType>
        <binding name="B" type="t:T"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
        <operation name="Op"><s:operation soapAction=""/><input><s:body use="literal"/></input></operation></binding>
        <service name="S"><port name="P" binding="t:B"><s:address location="http://a/b"/></port></service></definitions>`,
    },
  ]);
const operation = (type: string) => `<element name="Op" type="${type}"/>`;
const complex = (name: string, content: string) =>
  `<complexType name="${name}"><sequence>${content}</sequence></complexType>`;
const chain = (length: number, link: (n: number) => string) => Array.from({ length }, (_, n) => link(n)).join("");

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (err) {
    if (isAppError(err) && err.expose) return `${err.code}: ${err.message}`;
    throw err;
  }
  return "";
}

describe("an example", () => {
  test("whose element must occur a billion times is refused", () => {
    const wsdl = compile(
      operation("t:A") + complex("A", '<element name="a" type="string" minOccurs="1000000000" maxOccurs="unbounded"/>'),
    );
    expect(refusal(() => describeOperation(wsdl, ref))).toMatch(/^wsdl_too_large: .*the example of Op/);
    expect(validateArguments(wsdl, ref, { a: ["x"] })[0]!.message).toMatch(/at least 1000000000 times/);
  });

  test("of types that hold the next one four times goes less deep", () => {
    const fourOf = (next: number) => chain(4, (n) => `<element name="e${n}" type="t:T${next}"/>`);
    const wsdl = compile(operation("t:T0") + chain(40, (n) => complex(`T${n}`, n < 39 ? fourOf(n + 1) : "")));
    const { exampleArguments } = describeOperation(wsdl, ref);
    expect(JSON.stringify(exampleArguments).length).toBeLessThan(200_000);
    expect(exampleArguments).toMatchObject({ e0: { e0: { e0: {} } } });
  });

  test("of unions in a circle is refused", () => {
    const union = (name: string, of: string) => `<simpleType name="${name}"><union memberTypes="${of}"/></simpleType>`;
    const schema = complex("A", '<element name="a" type="t:U"/>') + union("U", "t:V t:V") + union("V", "t:U t:U");
    expect(refusal(() => compile(operation("t:A") + schema))).toMatch(/^wsdl_invalid: .*contains itself/);
  });
});

describe("a WSDL", () => {
  test("of 3,000 types that extend each other is refused, in whichever order", () => {
    const extend = (n: number) =>
      n === 0
        ? complex("T0", "")
        : `<complexType name="T${n}"><complexContent><extension base="t:T${n - 1}"><sequence><element name="e${n}" type="string"/></sequence></extension></complexContent></complexType>`;
    for (const order of [(n: number) => n, (n: number) => 2999 - n]) {
      const schema = operation("t:T2999") + chain(3000, (n) => extend(order(n)));
      expect(refusal(() => compile(schema))).toMatch(/^wsdl_invalid: .*more than 100 types or elements are derived/);
    }
    const some = compile(operation("t:T99") + chain(100, extend));
    expect(validateArguments(some, ref, { e1: "" })).toHaveLength(98);
  });

  test("of 3,000 types that hold the next one compiles", () => {
    const wsdl = compile(
      operation("t:T0") +
        chain(3000, (n) => complex(`T${n}`, n < 2999 ? `<element name="e" type="t:T${n + 1}"/>` : "")),
    );
    expect(describeOperation(wsdl, ref).exampleArguments).toMatchObject({ e: { e: {} } });
  });

  test("of elements that stand for each other without end is refused", () => {
    const substitute = (n: number) => `<element name="E${n}" substitutionGroup="t:E${n + 1}"/>`;
    expect(refusal(() => compile(`${operation("string")}${chain(3000, substitute)}`))).toMatch(/^wsdl_invalid: /);
  });

  test("of groups that refer to the next one twice, 24 deep, is refused", () => {
    const group = (n: number) =>
      `<group name="G${n}"><sequence>${n < 23 ? `<group ref="t:G${n + 1}"/>`.repeat(2) : '<element name="e" type="string"/>'}</sequence></group>`;
    const schema = operation("t:A") + complex("A", '<group ref="t:G0"/>') + chain(24, group);
    expect(refusal(() => compile(schema))).toMatch(/^wsdl_too_large: .*the elements of its types/);
  });

  test("whose operation needs more than a form can show is refused", () => {
    const values = chain(110_000, (n) => `<enumeration value="${n}"/>`);
    const choice = `<simpleType name="C"><restriction base="string">${values}</restriction></simpleType>`;
    const large = compile(operation("t:A") + complex("A", '<element name="e" type="t:C"/>') + choice);
    expect(refusal(() => describeOperation(large, ref))).toMatch(/^wsdl_too_large: .*the form of Op/);
  });
});

describe("arguments", () => {
  test("that nest deeper than any message are a problem, not an error", () => {
    const wsdl = compile(operation("t:A") + complex("A", '<element name="a" type="t:A" minOccurs="0"/>'));
    let deep: unknown = {};
    for (let n = 0; n < 50_000; n++) deep = { a: deep };
    expect(validateArguments(wsdl, ref, deep)[0]!.message).toBe("nests deeper than 200 levels.");
  });

  test("that ask for more work than a check can do are refused", () => {
    const declared = chain(20_000, (n) => `<element name="e${n}" type="string" minOccurs="0"/>`);
    const wsdl = compile(
      operation("t:A") + complex("A", '<element name="b" type="t:B" maxOccurs="unbounded"/>') + complex("B", declared),
    );
    const many = { b: Array.from({ length: 10_000 }, () => ({})) };
    expect(refusal(() => validateArguments(wsdl, ref, many))).toMatch(/^wsdl_too_large: .*checking the arguments/);
  });

  test("are written once for elements of one name, and refused if they're too long", () => {
    const wsdl = compile(
      operation("t:A") + complex("A", '<element name="a" type="string" maxOccurs="unbounded"/>'.repeat(1000)),
    );
    const text = "x".repeat(100_000);
    const build = (a: string[]) =>
      buildEnvelope(wsdl, ref, { arguments: { a }, now: new Date(), nonce: new Uint8Array(16) });
    expect(build([text, text]).body.length).toBeLessThan(300_000);
    const many = Array.from({ length: 700 }, () => text);
    expect(refusal(() => build(many))).toMatch(/^wsdl_too_large: .*the envelope/);
  });
});

describe("a value", () => {
  const check = (base: string, text: string, types: Types = {}) =>
    findLexicalProblem(types, { kind: "simple", base, facets: { fractionDigits: 2 } }, text);
  test.each([
    ["base64Binary", " "],
    ["base64Binary", "= "],
    ["decimal", "0"],
    ["dateTime", "2"],
    ["duration", "1"],
    ["token", " "],
  ])("of the type %s takes time in proportion to its length", (base, unit) => {
    expectLinear((text) => check(base, `1.${text}1!`), unit, 400_000);
    expectLinear((text) => check(base, `1.${text}1`), unit, 400_000);
  });

  test("whose pattern can't be translated is a problem, unless another pattern fits", () => {
    const type = (patterns: string[]) => ({
      kind: "simple" as const,
      base: "string",
      facets: { patterns: [patterns] },
    });
    expect(findLexicalProblem({}, type(["\\k"]), "a")).toMatch(/can't be checked against the pattern \\k: /);
    expect(findLexicalProblem({}, type(["\\k", "a"]), "a")).toBeNull();
  });
});
