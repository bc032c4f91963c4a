import { describe, expect, test } from "vitest";
import { buildSmall, compileSmallWsdl, elementOf, exampleOfSmall, problemsOf, readSmall } from "#scripts/test-soap.ts";

const restriction = (base: string, facets: string) =>
  `<xs:simpleType name="V"><xs:restriction base="${base}">${facets}</xs:restriction></xs:simpleType>`;
const useV = elementOf("in", '<xs:element name="v" type="t:V"/>');
const compileV = (schema: string) => compileSmallWsdl(`${schema}${useV}`);
const facet = (name: string, value: string | number) => `<xs:${name} value="${value}"/>`;
describe("facets", () => {
  test.each([
    ["base64Binary", "maxLength", 9, Buffer.alloc(9).toString("base64"), Buffer.alloc(10).toString("base64")],
    ["base64Binary", "length", 2, "AAA=", "AAAA"],
    ["base64Binary", "minLength", 3, "AA AA", "AAA="],
    ["base64Binary", "maxLength", 9, "", "AAA"],
    ["hexBinary", "length", 2, "0aFF", "0a"],
    ["string", "length", 2, "é€", "é"],
  ])("%s with %s %s allows %s and not %s", (base, name, size, right, wrong) => {
    const wsdl = compileV(restriction(`xs:${base}`, facet(name, size)));
    expect(problemsOf(wsdl, { v: right })).toEqual([]);
    expect(problemsOf(wsdl, { v: wrong })).toHaveLength(1);
  });

  const values = facet("enumeration", "1") + facet("enumeration", "x");
  const union = '<xs:simpleType name="U"><xs:union memberTypes="xs:int xs:string"/></xs:simpleType>';
  const simpleContent = (name: string, content: string) =>
    `<xs:complexType name="${name}"><xs:simpleContent>${content}</xs:simpleContent></xs:complexType>`;
  const base = simpleContent("B", '<xs:extension base="xs:string"><xs:attribute name="u"/></xs:extension>');
  const unit = '<xs:simpleType name="S"><xs:list itemType="xs:string"/></xs:simpleType>';

  test.each([
    ["of a union", union + restriction("t:U", values), ["1", "x", "01", 1], ["zzz", "2"]],
    ["of a list", unit + restriction("t:S", facet("enumeration", "a b")), ["a b", " a  b "], ["a", "b a"]],
    ["of decimals", restriction("xs:decimal", facet("enumeration", "1.0")), ["1", "+1.00", 1], ["2", "10"]],
    ["of booleans", restriction("xs:boolean", facet("enumeration", "true")), ["1", true], ["0", false]],
    ["of hexBinary", restriction("xs:hexBinary", facet("enumeration", "0A")), ["0a"], ["0b"]],
    ["of strings", restriction("xs:string", facet("enumeration", "1.0")), ["1.0"], ["1"]],
    [
      "of QNames",
      restriction("xs:QName", facet("enumeration", "t:a")),
      ["{urn:t}a", "t:a", "x:a", "a"],
      ["{urn:x}a", "b"],
    ],
  ])("an enumeration %s", (_, schema, right, wrong) => {
    const wsdl = compileV(schema);
    for (const v of right) expect(problemsOf(wsdl, { v })).toEqual([]);
    for (const v of wrong) expect(problemsOf(wsdl, { v })).toHaveLength(1);
  });

  test.each([
    ["an enumeration", `<xs:restriction base="t:B">${values}</xs:restriction>`, "x", "zzz"],
    ["a length", `<xs:restriction base="t:B">${facet("maxLength", 2)}</xs:restriction>`, "ab", "abc"],
    [
      "a type inside",
      `<xs:restriction base="t:B"><xs:simpleType><xs:restriction base="xs:string">${facet("minLength", 2)}</xs:restriction></xs:simpleType>${facet("maxLength", 3)}</xs:restriction>`,
      "abc",
      "abcd",
    ],
  ])("%s restricts simple content", (_, content, right, wrong) => {
    const wsdl = compileV(base + simpleContent("V", content));
    expect(problemsOf(wsdl, { v: { "#text": right, "@u": "kg" } })).toEqual([]);
    expect(problemsOf(wsdl, { v: { "#text": wrong } })).toHaveLength(1);
    expect(problemsOf(wsdl, exampleOfSmall(wsdl))).toEqual([]);
  });

  test("white space is as the type says", () => {
    const wsdl = compileV(restriction("xs:string", facet("whiteSpace", "collapse") + facet("maxLength", 3)));
    expect(problemsOf(wsdl, { v: "  a  b " })).toEqual([]);
  });
});

describe("QNames", () => {
  const wsdl = compileSmallWsdl(
    `${elementOf("in", '<xs:element name="v" type="xs:QName"/>')}${elementOf("out", '<xs:element name="v" type="xs:QName"/>')}`,
  );

  test("an undeclared prefix is a problem that names it", () => {
    expect(problemsOf(wsdl, { v: "q:name" })).toEqual([expect.stringMatching(/^v: .*prefix q/)]);
  });

  test.each(["", "a b", ":a", "a:", "{urn:x}", "{urn:x}a:b"])("%j is no QName", (v) => {
    expect(problemsOf(wsdl, { v })).toHaveLength(1);
  });

  test("a namespace is declared and read again", () => {
    expect(buildSmall(wsdl, { v: "{urn:x}name" })).toMatch(/xmlns:(n\d+)="urn:x".*>\1:name</);
    expect(buildSmall(wsdl, { v: "xsd:int" })).toMatch(/xmlns:xsd="[^"]+XMLSchema".*>xsd:int</);
    expect(readSmall(wsdl, '<t:out><t:v xmlns:q="urn:x">q:name</t:v></t:out>').json).toEqual({ v: "{urn:x}name" });
  });
});

describe("attributes", () => {
  const open =
    '<xs:element name="v"><xs:complexType><xs:anyAttribute processContents="lax"/></xs:complexType></xs:element>';
  const wsdl = compileSmallWsdl(elementOf("in", open) + elementOf("out", open));

  test("anyAttribute takes qualified ones, which are read as they are given", () => {
    const v = { "@xml:lang": "de", "@plain": "1", "@{urn:x}a": "2" };
    expect(buildSmall(wsdl, { v })).toMatch(/xmlns:(n\d+)="urn:x".*xml:lang="de" plain="1" \1:a="2"/);
    expect(readSmall(wsdl, '<t:out><t:v xml:lang="de" plain="1" x:a="2" xmlns:x="urn:x"/></t:out>').json).toEqual({
      v,
    });
  });

  test.each(["@q:a", "@1", "@", "@xmlns", "@xmlns:q", "@a b", "@{urn:x}"])("%s is no attribute's name", (name) => {
    expect(problemsOf(wsdl, { v: { [name]: "1" } })).toEqual([expect.stringContaining(`v.${name}`)]);
  });

  test.each([{ a: 1 }, [1]])("%j is no attribute's value", (value) => {
    expect(problemsOf(wsdl, { v: { "@a": value } })).toHaveLength(1);
  });

  const quantity = `<xs:complexType><xs:simpleContent><xs:extension base="xs:int"><xs:attribute name="u" use="required"/></xs:extension></xs:simpleContent></xs:complexType>`;
  const nillable = `<xs:element name="v" nillable="true" minOccurs="0">${quantity}</xs:element><xs:element name="w" minOccurs="0" type="xs:int"/>`;
  const nil = compileSmallWsdl(elementOf("in", nillable) + elementOf("out", nillable));

  test.each([true, "true", 1, "1"])("an element that is nil (%j) keeps them, and is read so", (given) => {
    expect(buildSmall(nil, { v: { "@xsi:nil": given, "@u": "kg" } })).toMatch(/:v xsi:nil="true" u="kg"\/>/);
    expect(readSmall(nil, '<t:out><t:v xsi:nil="true" u="kg"/></t:out>').json).toEqual({
      v: { "@xsi:nil": true, "@u": "kg" },
    });
    expect(readSmall(nil, '<t:out><t:v xsi:nil="true"/></t:out>').json).toEqual({ v: null });
  });

  test.each([
    [{ v: { "@xsi:nil": true } }, /v\.@u.*missing/],
    [{ v: { "@xsi:nil": true, "@u": "kg", "#text": 5 } }, /v\.#text/],
    [{ v: { "@xsi:nil": true, "@u": "kg", "@z": 5 } }, /v\.@z/],
    [{ w: { "@xsi:nil": true } }, /w.*nillable/],
  ])("%j is a problem", (args, problem) => {
    expect(problemsOf(nil, args).join()).toMatch(problem);
  });

  test("an element that isn't nil can say so", () => {
    expect(buildSmall(nil, { v: { "@xsi:nil": false, "@u": "kg", "#text": 5 } })).toMatch(/:v u="kg">5</);
  });

  test("those of a base are open in an extension of simple content", () => {
    const simple = (name: string, base: string, more: string) =>
      `<xs:complexType name="${name}"><xs:simpleContent><xs:extension base="${base}">${more}</xs:extension></xs:simpleContent></xs:complexType>`;
    const types = simple("B", "xs:string", "<xs:anyAttribute/>") + simple("V", "t:B", "");
    expect(problemsOf(compileV(types), { v: { "@xml:lang": "de", "#text": "" } })).toEqual([]);
  });
});

describe("SOAP arrays", () => {
  const compileArray = (arrayType: string) =>
    compileSmallWsdl(
      `<xs:complexType name="Arr"><xs:complexContent><xs:restriction base="enc:Array"><xs:attribute ref="enc:arrayType" wsdl:arrayType="${arrayType}"/></xs:restriction></xs:complexContent></xs:complexType>`,
      { rpc: true, parts: '<part name="p" type="t:Arr"/>' },
    );
  const typesOf = (xml: string) => [...xml.matchAll(/arrayType="xsd:([^"]+)"/g)].map(([, type]) => type);

  test.each([
    ["xs:int[]", [1, 2], ["int[2]"]],
    ["xs:int[][]", [[1, 2], [3]], ["int[][2]", "int[2]", "int[1]"]],
    ["xs:int[][]", [], ["int[][0]"]],
    ["xs:int[][][]", [[[1]]], ["int[][][1]", "int[][1]", "int[1]"]],
    [
      "xs:int[,]",
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      ["int[2,3]"],
    ],
    ["xs:int[,][]", [[[1], [2]]], ["int[,][1]", "int[2,1]"]],
    ["xs:int[][,]", [[[1], [2]]], ["int[][1,2]", "int[1]", "int[1]"]],
    ["xs:int[2][3]", [[1]], ["int[][1]", "int[1]"]],
  ])("%s with %j", (arrayType, p, types) => {
    const xml = buildSmall(compileArray(arrayType), { p });
    expect(typesOf(xml)).toEqual(types);
    expect(xml.match(/<item[^>]*>\d<\/item>/g)?.length ?? 0).toBe(p.flat(5).length);
  });

  test.each(["xs:int[]", "xs:int[][]", "xs:int[,]", "xs:int[][,]"])("the example of %s fits", (arrayType) => {
    const wsdl = compileArray(arrayType);
    expect(problemsOf(wsdl, exampleOfSmall(wsdl))).toEqual([]);
  });

  test.each([
    ["xs:int[][]", [[1], 2], /^p\[1\]: must be a list/],
    ["xs:int[][]", [["x"]], /^p\[0\]\[0\]: /],
    ["xs:int[,]", [[1, 2], [3]], /^p\[1\]: must have 2 items/],
    ["xs:int[,]", [1], /^p\[0\]: must be a list/],
  ])("%s refuses %j at its place", (arrayType, p, problem) => {
    expect(problemsOf(compileArray(arrayType), { p })[0]).toMatch(problem);
  });

  test.each([
    [
      'enc:arrayType="xs:int[][2]"',
      '<i enc:arrayType="xs:int[2]"><i>1</i><i>2</i></i><i enc:arrayType="xs:int[1]"><i>3</i></i>',
      [[1, 2], [3]],
    ],
    [
      'enc:arrayType="xs:int[2,2]"',
      "<i>1</i><i>2</i><i>3</i><i>4</i>",
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      'enc:arrayType="xs:int[2,2]"',
      "<i>1</i><i>2</i><i>3</i>",
      [
        [1, 2],
        [3, null],
      ],
    ],
    ['enc:arrayType="xs:int[4]" enc:offset="[2]"', "<i>1</i>", [null, null, 1]],
    ['enc:arrayType="xs:int[4]"', '<i enc:position="[2]">1</i>', [null, null, 1]],
    ['enc:arrayType="xs:int[999999999]" enc:offset="[999999998]"', "<i>1</i>", [1]],
    ['enc:arrayType="xs:string[1]"', "<i>1</i>", ["1"]],
  ])("an array with %s is read", (attributes, items, list) => {
    const read = readSmall(compileArray("xs:int[]"), `<t:opResponse><r ${attributes}>${items}</r></t:opResponse>`);
    expect(read.json).toEqual({ r: list });
  });
});

test("XML with an undeclared prefix in #any is a problem that names it", () => {
  const wsdl = compileSmallWsdl(elementOf("in", '<xs:any processContents="lax"/>'));
  expect(problemsOf(wsdl, { "#any": "<q:x>1</q:x>" })).toEqual([expect.stringMatching(/^#any: .*prefix q /)]);
});

test("a WSDL names the undeclared prefix of a type", () => {
  expect(() => compileSmallWsdl(elementOf("in", '<xs:element name="a" type="zz:A"/>'))).toThrow(/zz/);
});
