import { describe, expect, test } from "vitest";
import {
  compileSmall,
  extensionOf,
  inputOf,
  op,
  optional,
  readSmall,
  schemaOf,
  smallWsdl,
  text,
  typeOf,
} from "#scripts/small-wsdl.ts";
import { compileWithLibxml2 } from "#scripts/test-libxml2.ts";
import { buildEnvelope } from "./build.ts";
import { describeOperation } from "./describe.ts";
import { validateArguments } from "./validate.ts";

// Variants of what public WSDLs contain. The arguments and the example fit, and libxml2 accepts their envelopes.

type Variant = [wsdl: string, args: Record<string, unknown> | null, documents?: Record<string, string>];

function problemsOf([source, args, documents = {}]: Variant, isDefined: boolean): unknown[] {
  const wsdl = compileSmall(source, documents);
  const all = Object.entries({ "s.wsdl": source, ...documents });
  const findProblems = isDefined
    ? compileWithLibxml2(all.map(([name, content]) => ({ location: `upload:${name}`, text: content })))
    : () => [];
  const { exampleArguments } = describeOperation(wsdl, op);
  return [args, exampleArguments].flatMap((each) => {
    if (!each) return [];
    const { body } = buildEnvelope(wsdl, op, { arguments: each, now: new Date(0), nonce: Buffer.alloc(16) });
    return [...validateArguments(wsdl, op, each), ...findProblems(body)];
  });
}

const defined: Record<string, Variant> = {
  "a group with an element whose type is the group": [
    smallWsdl(
      `<xs:group name="G"><xs:sequence><xs:element name="n" minOccurs="0"><xs:complexType><xs:group ref="t:G"/></xs:complexType></xs:element></xs:sequence></xs:group><xs:element name="in"><xs:complexType><xs:group ref="t:G"/></xs:complexType></xs:element>`,
    ),
    { n: { n: {} } },
  ],
  "a substitute that contains its head": [
    smallWsdl(
      `<xs:element name="h" type="t:H" abstract="true"/>${typeOf("H", text("x"))}<xs:element name="m" substitutionGroup="t:h"><xs:complexType><xs:complexContent><xs:extension base="t:H"><xs:sequence><xs:element ref="t:h" minOccurs="0"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType></xs:element>${inputOf('<xs:element ref="t:h"/>')}`,
    ),
    { m: { x: "1", m: { x: "2" } } },
  ],
  "a restriction that contains itself": [
    smallWsdl(
      `<xs:complexType name="A"><xs:sequence><xs:element name="c" type="t:A" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType><xs:complexType name="B"><xs:complexContent><xs:restriction base="t:A"><xs:sequence><xs:element name="c" type="t:B" minOccurs="0" maxOccurs="2"/></xs:sequence></xs:restriction></xs:complexContent></xs:complexType>${inputOf('<xs:element name="b" type="t:B"/>')}`,
    ),
    { b: { c: [{ c: [{}] }, {}] } },
  ],
  "a chameleon schema that is redefined": [
    smallWsdl("", {
      types: schemaOf(
        `<xs:redefine schemaLocation="c.xsd"><xs:complexType name="M"><xs:complexContent><xs:extension base="t:M"><xs:sequence><xs:element name="y" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType></xs:redefine>${inputOf('<xs:element name="m" type="t:M"/>')}`,
      ),
    }),
    { m: { x: "a", y: 1 } },
    {
      "c.xsd": `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">${typeOf("M", '<xs:element name="x" type="S"/>')}<xs:simpleType name="S"><xs:restriction base="xs:string"/></xs:simpleType></xs:schema>`,
    },
  ],
  "attributes, groups, and substitutes of a chameleon schema": [
    smallWsdl("", { types: schemaOf(`<xs:include schemaLocation="c.xsd"/>${inputOf('<xs:element ref="t:head"/>')}`) }),
    { sub: { "@k": "1", x: "a" } },
    {
      "c.xsd": `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"><xs:attribute name="k" type="xs:string"/><xs:attributeGroup name="ag"><xs:attribute ref="k"/></xs:attributeGroup><xs:group name="g"><xs:sequence>${text("x")}</xs:sequence></xs:group><xs:complexType name="M"><xs:group ref="g"/><xs:attributeGroup ref="ag"/></xs:complexType><xs:element name="head" type="M" abstract="true"/><xs:element name="sub" substitutionGroup="head"/></xs:schema>`,
    },
  ],
  "a chameleon schema whose default namespace is that of XML Schema": [
    smallWsdl("", {
      types: `<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t" elementFormDefault="qualified"><include schemaLocation="c.xsd"/>${inputOf('<xs:element name="m" type="t:M"/>')}</schema>`,
    }),
    { m: { x: "a" } },
    {
      "c.xsd":
        `<schema xmlns="http://www.w3.org/2001/XMLSchema" xmlns:c="" elementFormDefault="qualified"><complexType name="M"><sequence><element name="x" type="string"/></sequence></complexType></schema>`.replace(
          ' xmlns:c=""',
          "",
        ),
    },
  ],
  "simple types that xsi:type names": [
    smallWsdl(
      `<xs:simpleType name="S"><xs:restriction base="xs:string"><xs:maxLength value="3"/></xs:restriction></xs:simpleType>${inputOf('<xs:element name="v" type="xs:string"/><xs:element name="w" type="xs:anySimpleType" maxOccurs="3"/>')}`,
    ),
    {
      v: { "@xsi:type": "S", "#text": "abc" },
      w: [{ "@xsi:type": "xs:dateTime", "#text": "2026-05-01T00:00:00Z" }, "x", { "@xsi:type": "S", "#text": "ab" }],
    },
  ],
  "an abstract type derived from an abstract one": [
    smallWsdl(
      `${typeOf("A", text("x"), ' abstract="true"')}${extensionOf("B", "t:A", text("y")).replace("<xs:complexType", '<xs:complexType abstract="true"')}${extensionOf("C", "t:B", text("z"))}${inputOf('<xs:element name="a" type="t:A" minOccurs="2" maxOccurs="3"/>')}`,
    ),
    {
      a: [
        { "@xsi:type": "C", x: "1", y: "2", z: "3" },
        { "@xsi:type": "t:C", x: "1", y: "2", z: "3" },
      ],
    },
  ],
  "a message with an abstract element": [
    smallWsdl(
      `<xs:element name="in" abstract="true" type="t:A"/>${typeOf("A", text("x"))}<xs:element name="sub" type="t:A" substitutionGroup="t:in"/>`,
    ),
    { x: "1" },
  ],
  "a substitute in another namespace than its head": [
    smallWsdl("", {
      types:
        schemaOf(
          `<xs:import namespace="urn:u"/>${inputOf('<xs:element ref="u:h" maxOccurs="unbounded"/>')}<xs:element name="m" type="t:M" substitutionGroup="u:h"/>${extensionOf("M", "u:H", text("y"))}`,
        ) + schemaOf(`<xs:element name="h" type="u:H"/>${typeOf("H", text("x"))}`, "urn:u"),
    }),
    { m: [{ x: "1", y: "2" }], h: [{ x: "3" }] },
  ],
  "a substitute that is nil or has a derived type": [
    smallWsdl(
      `<xs:element name="h" type="t:H" nillable="true"/>${typeOf("H", text("x"))}${extensionOf("H2", "t:H", text("y"))}<xs:element name="m" type="t:H" substitutionGroup="t:h" nillable="true"/>${inputOf('<xs:element ref="t:h" maxOccurs="3"/>')}`,
    ),
    { m: [null, { "@xsi:type": "H2", x: "1", y: "2" }] },
  ],
  "attributes of any name in an extension, and on an element that is nil": [
    smallWsdl(
      `<xs:complexType name="B"><xs:sequence/><xs:anyAttribute namespace="##other" processContents="lax"/></xs:complexType><xs:complexType name="D"><xs:complexContent><xs:extension base="t:B"><xs:attribute name="k" type="xs:int"/></xs:extension></xs:complexContent></xs:complexType>${inputOf('<xs:element name="d" type="t:D" nillable="true" maxOccurs="2"/>')}`,
    ),
    {
      d: [
        { "@k": 1, "@xml:lang": "de", "@{urn:z}q": true },
        { "@xsi:nil": true, "@{urn:z}q": 5 },
      ],
    },
  ],
  "attributes of any name next to the text of the operation's element": [
    smallWsdl(
      `<xs:element name="in"><xs:complexType><xs:simpleContent><xs:extension base="xs:int"><xs:anyAttribute processContents="lax"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>`,
    ),
    { in: { "@q": "de", "#text": 5 } },
  ],
};

test.each(Object.entries(defined))("%s", (_, variant) => {
  expect(problemsOf(variant, true)).toEqual([]);
});

// libxml2 refuses schemas with something undefined.
const broken: Record<string, Variant> = {
  "an undefined attribute group": [
    smallWsdl(
      `<xs:complexType name="X"><xs:attributeGroup ref="t:none"/></xs:complexType>${inputOf(text("a") + optional("x", "t:X"))}`,
    ),
    { a: "1" },
  ],
  "an attribute of an undefined type": [
    smallWsdl(
      `<xs:complexType name="X"><xs:sequence>${text("q")}</xs:sequence><xs:attribute name="k" type="t:none"/></xs:complexType>${inputOf('<xs:element name="x" type="t:X"/>')}`,
    ),
    { x: { q: "1" } },
  ],
  "an undefined head of a substitution group": [
    smallWsdl(
      `<xs:element name="s" type="xs:string" substitutionGroup="t:none"/>${inputOf('<xs:element ref="t:s"/>')}`,
    ),
    { s: "1" },
  ],
  "an undefined attribute": [
    smallWsdl(
      `<xs:element name="in"><xs:complexType><xs:sequence>${text("q")}</xs:sequence><xs:attribute ref="u:none"/></xs:complexType></xs:element>`,
    ),
    { q: "1" },
  ],
  "an undefined message of a Fault": [
    smallWsdl(inputOf(text("a")), {
      portType:
        '<operation name="op"><input message="t:i"/><output message="t:o"/><fault name="f" message="t:none"/></operation>',
    }),
    { a: "1" },
  ],
  "an undefined member of a union": [
    smallWsdl(
      `<xs:simpleType name="U"><xs:union memberTypes="xs:int t:none"/></xs:simpleType>${inputOf('<xs:element name="u" type="t:U"/>')}`,
    ),
    { u: "1" },
  ],
  "a substitute of an undefined type": [
    smallWsdl(
      `<xs:element name="h" type="xs:anyType"/><xs:element name="m1" type="t:none" substitutionGroup="t:h"/><xs:element name="m2" type="xs:int" substitutionGroup="t:h"/>${inputOf('<xs:element ref="t:h"/>')}`,
    ),
    { m2: 1 },
  ],
  "an undefined element of the response": [
    smallWsdl(inputOf(text("a")), { output: '<part name="p" element="t:none"/>' }),
    { a: "1" },
  ],
};

test.each(Object.entries(broken))("the operation works in spite of %s", (_, variant) => {
  expect(problemsOf(variant, false)).toEqual([]);
});

const r = (base: string, facets: string) =>
  `<xs:simpleType><xs:restriction base="xs:${base}">${facets}</xs:restriction></xs:simpleType>`;
const f = (n: string, v: string | number) => `<xs:${n} value="${v}"/>`;
const restricted: Record<string, string> = {
  money: r("decimal", f("minExclusive", 0) + f("maxInclusive", "0.99") + f("fractionDigits", 2)),
  small: r("decimal", f("minExclusive", "0") + f("maxExclusive", "0.001")),
  big: r("integer", f("minInclusive", "100000000000000000000")),
  year: r("gYear", f("minInclusive", "2030")),
  gm: r("gMonth", f("minInclusive", "--08")),
  ym: r("gYearMonth", f("minExclusive", "2030-05")),
  time: r("time", f("minInclusive", "12:00:00") + f("maxExclusive", "13:00:00")),
  date: r("date", f("minExclusive", "2030-01-01") + f("maxExclusive", "2030-01-03")),
  dt: r("dateTime", f("minExclusive", "2030-01-01T00:00:00Z") + f("maxExclusive", "2030-01-01T00:00:10Z")),
  dtz: r("dateTime", f("minInclusive", "2030-01-01T00:00:00+02:00")),
  dur: r("duration", f("minInclusive", "P2M") + f("maxInclusive", "P3M")),
  fl: r("double", f("minExclusive", "1e10") + f("maxExclusive", "1e11")),
  flneg: r("float", f("maxExclusive", "-5.5")),
  patlen: r("string", f("pattern", "[A-Z]+") + f("length", 7)),
  two: r("string", f("pattern", "[A-Z]{2}.*") + f("minLength", 5) + f("maxLength", 5)),
  uri: r("anyURI", f("minLength", 30)),
  tok: r("token", f("minLength", 5) + f("pattern", "\\S+( \\S+)*")),
  nm: r("NMTOKENS", f("length", 3)),
  hex: r("hexBinary", f("minLength", 4)),
  lang: r("language", f("length", 5)),
  neg: r("negativeInteger", f("minInclusive", -3)),
  ub: r("unsignedByte", f("minExclusive", 200)),
  td: r("decimal", f("totalDigits", 2) + f("minInclusive", "10")),
  patd: r("decimal", f("pattern", "\\d+\\.\\d{2}")),
  patdate: r("date", f("pattern", "....-..-..Z")),
  guid: r("string", f("pattern", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")),
  nonb: r("string", f("minLength", 1) + f("pattern", "[^ ].*")),
  bool: r("boolean", f("pattern", "0|1")),
  union: `<xs:simpleType><xs:union><xs:simpleType><xs:restriction base="xs:int">${f("minInclusive", 50)}</xs:restriction></xs:simpleType><xs:simpleType><xs:restriction base="xs:string">${f("length", 2)}</xs:restriction></xs:simpleType></xs:union></xs:simpleType>`,
  lpat: `<xs:simpleType><xs:restriction><xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType>${f("pattern", "\\d+ \\d+ \\d+")}</xs:restriction></xs:simpleType>`,
  llen: `<xs:simpleType><xs:restriction><xs:simpleType><xs:list>${r("string", f("enumeration", "x") + f("enumeration", "y"))}</xs:list></xs:simpleType>${f("minLength", 3)}</xs:restriction></xs:simpleType>`,
  upat: `<xs:simpleType><xs:restriction><xs:simpleType><xs:union memberTypes="xs:int xs:string"/></xs:simpleType>${f("pattern", "[A-F]{4}")}</xs:restriction></xs:simpleType>`,
};

test.each(Object.entries(restricted))("the example of restricted %s is valid", (_, type) => {
  const wsdl = smallWsdl(inputOf(`<xs:element name="v">${type}</xs:element>`));
  expect(problemsOf([wsdl, null], true)).toEqual([]);
});

describe("a message with an abstract element", () => {
  const schema = `<xs:element name="in" abstract="true"/><xs:element name="one" type="xs:token" substitutionGroup="t:in"/>
    <xs:element name="two" type="xs:int" substitutionGroup="t:in"/>`;
  const source = smallWsdl(schema, { output: '<part name="p" element="t:in"/>' });
  const wsdl = compileSmall(source);

  test("has one of the elements that can be in its place", () => {
    expect(problemsOf([source, { two: 5 }], true)).toEqual([]);
    expect(validateArguments(wsdl, op, {})).toEqual([{ path: "", message: "needs one of one, two." }]);
    expect(validateArguments(wsdl, op, { one: "a", two: 5 })).toHaveLength(1);
  });

  test("is read by the name of the element", () => {
    expect(readSmall(wsdl, "<t:two>7</t:two>").json).toEqual({ two: 7 });
  });
});

test("text next to elements of any kind is in the data", () => {
  const wsdl = compileSmall(smallWsdl(inputOf(text("a")), { output: '<part name="p" type="xs:anyType"/>' }));
  expect(readSmall(wsdl, "<x>one<y>2</y>three</x>").json).toEqual({ x: { y: "2", "#text": "onethree" } });
});

describe("values in numbers that a repeated group doesn't allow", () => {
  const group =
    '<xs:sequence maxOccurs="2"><xs:element name="k" type="xs:string"/><xs:element name="v" type="xs:int"/></xs:sequence>';
  const wsdl = compileSmall(smallWsdl(inputOf(group)));
  test.each([
    { k: ["a", "b"], v: [1] },
    { k: ["a"], v: [1, 2] },
    { k: ["a", "b", "c"], v: [1, 2, 3] },
  ])("%j is a problem", (args) => {
    expect(validateArguments(wsdl, op, args)).toEqual([
      {
        path: "",
        message: 'has values in numbers that the schema doesn\'t allow together. Give their order as "#order".',
      },
    ]);
  });
  test("a template can stand for several values", () => {
    expect(validateArguments(wsdl, op, { k: ["a", "b"], v: "{{body.values}}" }, { templates: true })).toEqual([]);
  });
});

test.each([
  ["text", "a problem of #any", "x"],
  ["more elements than there is room for", "a problem of #any", ["<a/>", "<b/>"]],
])("%s in the place of any element is %s", (_, __, any) => {
  const wsdl = compileSmall(smallWsdl(inputOf('<xs:any processContents="skip"/>')));
  expect(validateArguments(wsdl, op, { "#any": any })).toMatchObject([{ path: "#any" }]);
});

test("an array of a response that names no type of its items has the declared one", () => {
  const ints =
    '<xs:complexType name="Ints"><xs:complexContent><xs:restriction base="enc:Array"><xs:attribute ref="enc:arrayType" wsdl:arrayType="xs:int[]"/></xs:restriction></xs:complexContent></xs:complexType>';
  const encoded =
    '<soap:body use="encoded" namespace="urn:u" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/>';
  const wsdl = compileSmall(
    smallWsdl(ints, { style: "rpc", body: encoded, input: "", output: '<part name="r" type="t:Ints"/>' }),
  );
  const array = (type: string) =>
    `<u:opResponse><r xsi:type="enc:Array" enc:arrayType="${type}"><i>1</i></r></u:opResponse>`;
  expect(readSmall(wsdl, array("xsd:int[1]")).json).toEqual({ r: [1] });
  expect(readSmall(wsdl, array("xsd:anyType[1]")).json).toEqual({ r: [1] });
});

test("a text alone is refused where an attribute is required", () => {
  const unit = '<xs:attribute name="unit" type="xs:string" use="required"/>';
  const weight = `<xs:complexType><xs:simpleContent><xs:extension base="xs:int">${unit}</xs:extension></xs:simpleContent></xs:complexType>`;
  const wsdl = compileSmall(smallWsdl(inputOf(`<xs:element name="w">${weight}</xs:element>`)));
  expect(validateArguments(wsdl, op, { w: "1" })).toMatchObject([{ path: "w.@unit" }]);
  expect(validateArguments(wsdl, op, { w: { "#text": "1", "@unit": "kg" } })).toEqual([]);
});
