import { describe, expect, test } from "vitest";
import {
  buildSmall,
  compileSmall,
  elementOf,
  extensionOf,
  inputOf,
  readSmall,
  schemaOf,
  smallWsdl,
  text,
  typeOf,
} from "#scripts/small-wsdl.ts";

const compile = (schema: string) => compileSmall(smallWsdl(schema));
const answering = (schema: string) =>
  compileSmall(smallWsdl(`${inputOf("")}${schema}`, { output: '<part name="p" element="t:out"/>' }));
const sequence = (...names: string[]) => `<xs:sequence>${text(...names)}</xs:sequence>`;

describe("xsi:type in arguments", () => {
  const namespaces = compileSmall(
    smallWsdl("", {
      types:
        schemaOf(typeOf("Base", "") + extensionOf("D", "u:Base", text("uv")), "urn:u") +
        schemaOf(
          `<xs:import namespace="urn:u"/>${extensionOf("D", "u:Base", text("tv"))}${inputOf('<xs:element name="b" type="u:Base"/>')}`,
        ),
    }),
  );
  test.each([
    [{ "@xsi:type": "{urn:t}D", tv: "1" }, '<t:b xsi:type="t:D"><t:tv>1</t:tv></t:b>'],
    [{ "@xsi:type": "{urn:u}D", uv: "1" }, '<t:b xsi:type="u:D"><u:uv>1</u:uv></t:b>'],
    [{ "@xsi:type": "D", uv: "1" }, '<t:b xsi:type="u:D"><u:uv>1</u:uv></t:b>'],
  ])("%j names the type by its whole name, or one near the declared type", (b, body) => {
    expect(buildSmall(namespaces, { b })).toBe(`<t:in>${body}</t:in>`);
  });

  const any = compile(inputOf('<xs:element name="v" type="xs:anyType"/>'));
  test.each([
    [{ "@xsi:type": "xs:int", "#text": "5" }, '<t:v xsi:type="xsd:int">5</t:v>'],
    [{ "@xsi:type": "xsd:string", "#text": "x" }, '<t:v xsi:type="xsd:string">x</t:v>'],
    [{ "@xsi:type": "int", "#text": 5 }, '<t:v xsi:type="xsd:int">5</t:v>'],
    [{ inner: { "@xsi:type": "xs:boolean", "#text": true } }, '<t:v><inner xsi:type="xsd:boolean">true</inner></t:v>'],
  ])("%j gives anyType a built-in type", (v, body) => {
    expect(buildSmall(any, { v })).toBe(`<t:in>${body}</t:in>`);
  });

  const typed = (root: string) =>
    compile(
      `${typeOf("Base", text("a"), ' abstract="true"')}${extensionOf("D", "t:Base", text("d"))}${typeOf("Other", text("o"))}<xs:simpleType name="Code"><xs:restriction base="xs:string"/></xs:simpleType>${root}`,
    );
  const inBody = typed('<xs:element name="in" type="t:Base"/>');
  const inside = typed(inputOf('<xs:element name="b" type="t:Base"/>'));
  test.each([
    [any, { v: { "@xsi:type": "xs:int", "#text": "x" } }, "v"],
    [any, { v: { "@xsi:type": "nothing" } }, "v.@xsi:type"],
    [inBody, { a: "1" }, ""],
    [inBody, { "@xsi:type": "Other", a: "1" }, "@xsi:type"],
    [inside, { b: { a: "1" } }, "b"],
    [inside, { b: { "@xsi:type": "Other", o: "1" } }, "b.@xsi:type"],
    [inside, { b: { "@xsi:type": "Code", "#text": "x" } }, "b.@xsi:type"],
    [inside, { b: { "@xsi:type": "Base", a: "1" } }, "b"],
  ])("%#. doesn't fit", (wsdl, args, path) => {
    expect(buildSmall(wsdl, args)).toMatchObject([{ path }]);
  });

  test("of the Body's element names its type", () => {
    expect(buildSmall(inBody, { "@xsi:type": "D", a: "1", d: "2" })).toBe(
      '<t:in xsi:type="t:D"><t:a>1</t:a><t:d>2</t:d></t:in>',
    );
  });
});

test("xsi:type of a response's items is in the data where it isn't the declared type", () => {
  const schema =
    typeOf("A", text("n")) +
    extensionOf("Dog", "t:A", '<xs:element name="bark" type="xs:int"/>') +
    elementOf("out", '<xs:element name="x" type="t:A" maxOccurs="unbounded"/>');
  const body =
    '<t:out><t:x xsi:type="t:Dog"><t:n>R</t:n><t:bark>3</t:bark></t:x><t:x><t:n>C</t:n></t:x><t:x xsi:type="t:A"><t:n>D</t:n></t:x></t:out>';
  expect(readSmall(answering(schema), body).json).toEqual({
    x: [{ "@xsi:type": "Dog", n: "R", bark: 3 }, { n: "C" }, { n: "D" }],
  });
});

describe("members by name and order", () => {
  const shared = `<xs:choice>${sequence("a", "b")}${sequence("a", "c")}</xs:choice>`;
  const many = `<xs:choice maxOccurs="unbounded">${text("a", "b")}</xs:choice>`;
  test.each([
    ["the branch that has all members", shared, { a: "1", c: "2" }, "<t:a>1</t:a><t:c>2</t:c>"],
    [
      "a branch next to an element of the same name",
      `${text("a")}<xs:choice>${sequence("a", "b")}${text("c")}</xs:choice>`,
      { a: "1", c: "2" },
      "<t:a>1</t:a><t:c>2</t:c>",
    ],
    ["one name at two places", text("a", "b", "a"), { a: ["1", "3"], b: "2" }, "<t:a>1</t:a><t:b>2</t:b><t:a>3</t:a>"],
    [
      "one name at an optional place and a required one",
      `<xs:element name="a" type="xs:string" minOccurs="0"/>${text("b", "a")}`,
      { a: "3", b: "2" },
      "<t:b>2</t:b><t:a>3</t:a>",
    ],
    [
      "a repeated sequence",
      `<xs:sequence maxOccurs="unbounded">${text("a", "b")}</xs:sequence>`,
      { a: ["1", "3"], b: ["2", "4"] },
      "<t:a>1</t:a><t:b>2</t:b><t:a>3</t:a><t:b>4</t:b>",
    ],
    [
      "a repeated choice of sequences",
      `<xs:choice maxOccurs="unbounded">${sequence("a", "b")}${text("c")}</xs:choice>`,
      { a: ["1", "3"], b: ["2", "4"] },
      "<t:a>1</t:a><t:b>2</t:b><t:a>3</t:a><t:b>4</t:b>",
    ],
    [
      "the order that is given",
      many,
      { a: ["1", "3"], b: "2", "#order": ["a", "b", "a"] },
      "<t:a>1</t:a><t:b>2</t:b><t:a>3</t:a>",
    ],
    [
      "the order of a repeated choice in a sequence",
      `${text("x")}${many}`,
      { x: "0", a: ["1", "3"], b: "2", "#order": ["x", "b", "a", "a"] },
      "<t:x>0</t:x><t:b>2</t:b><t:a>1</t:a><t:a>3</t:a>",
    ],
    [
      "the order of all",
      `<xs:all>${text("a", "b")}</xs:all>`,
      { a: "1", b: "2", "#order": ["b", "a"] },
      "<t:b>2</t:b><t:a>1</t:a>",
    ],
  ])("%s", (_, content, args, body) => {
    const isModel = content.startsWith("<xs:all");
    const schema = isModel
      ? `<xs:element name="in"><xs:complexType>${content}</xs:complexType></xs:element>`
      : inputOf(content);
    expect(buildSmall(compile(schema), args)).toBe(`<t:in>${body}</t:in>`);
  });

  test("a choice in a repeated sequence needs the order if it has several branches", () => {
    const wsdl = compile(
      inputOf(`<xs:sequence maxOccurs="unbounded">${text("k")}<xs:choice>${text("a", "b")}</xs:choice></xs:sequence>`),
    );
    const args = { k: ["1", "2"], a: "x", b: "y" };
    expect(buildSmall(wsdl, args)).toMatchObject([{ path: "", message: expect.stringContaining("#order") }]);
    expect(buildSmall(wsdl, { ...args, "#order": ["k", "b", "k", "a"] })).toBe(
      "<t:in><t:k>1</t:k><t:b>y</t:b><t:k>2</t:k><t:a>x</t:a></t:in>",
    );
  });

  test.each([
    [many, { a: ["1", "3"], b: "2", "#order": ["a", "b"] }],
    [many, { a: "1", "#order": ["a", "a"] }],
    [text("a", "b"), { a: "1", b: "2", "#order": ["b", "a"] }],
    [many, { a: "1", "#order": "a" }],
  ])("an order that doesn't fit is a problem (%#)", (content, args) => {
    expect(buildSmall(compile(inputOf(content)), args)).toMatchObject([{ path: "#order" }]);
  });

  test("the elements of one local name in two namespaces", () => {
    const types =
      schemaOf(text("a"), "urn:u") +
      schemaOf(
        `<xs:import namespace="urn:u"/>${inputOf(`${text("a")}<xs:element ref="u:a"/>`)}<xs:element name="out" type="xs:anyType"/>`,
      );
    const wsdl = compileSmall(smallWsdl("", { types, output: '<part name="p" element="t:in"/>' }));
    const body = "<t:in><t:a>1</t:a><u:a>2</u:a></t:in>";
    expect(buildSmall(wsdl, { a: "1", "{urn:u}a": "2" })).toBe(body);
    expect(buildSmall(wsdl, { a: ["1", "2"] })).toBe(body);
    const { json } = readSmall(wsdl, body);
    expect(json).toEqual({ "{urn:t}a": "1", "{urn:u}a": "2" });
    expect(buildSmall(wsdl, json as Record<string, unknown>)).toBe(body);
  });

  test("the attributes of one local name in two namespaces", () => {
    const own = elementOf(
      "in",
      '<xs:element name="v"><xs:complexType><xs:attribute name="type" type="xs:string"/><xs:attribute ref="u:type"/></xs:complexType></xs:element>',
    );
    const types =
      schemaOf('<xs:attribute name="type" type="xs:string"/>', "urn:u") +
      schemaOf(`<xs:import namespace="urn:u"/>${own}`);
    const wsdl = compileSmall(smallWsdl("", { types, output: '<part name="p" element="t:in"/>' }));
    const body = '<t:in><t:v type="a" u:type="b"/></t:in>';
    expect(buildSmall(wsdl, { v: { "@type": "a", "@u:type": "b" } })).toBe(body);
    expect(buildSmall(wsdl, { v: { "@type": "a", "@{urn:u}type": "b" } })).toBe(body);
    expect(readSmall(wsdl, body).json).toEqual({ v: { "@type": "a", "@{urn:u}type": "b" } });
  });

  test("responses that differ in the order of their elements have different data, which builds the same again", () => {
    const wsdl = answering(elementOf("out", many.replaceAll("xs:string", "xs:int")));
    const read = (...names: string[]) =>
      readSmall(wsdl, `<t:out>${names.map((name) => `<t:${name}>1</t:${name}>`).join("")}</t:out>`).json;
    expect(read("a", "b", "a")).toEqual({ a: [1, 1], b: [1], "#order": ["a", "b", "a"] });
    expect(read("a", "a", "b")).toEqual({ a: [1, 1], b: [1] });
  });
});

describe("header blocks of the binding", () => {
  const schema = elementOf("Login", text("id")) + inputOf(text("a"));
  const [headerPart, bodyPart] = ['<part name="h" element="t:Login"/>', '<part name="p" element="t:in"/>'];
  const headers = '<soap:header message="t:i" part="h" use="literal"/>';
  test.each([
    ["before the body part", headerPart + bodyPart],
    ["after the body part", bodyPart + headerPart],
  ])("a part %s is in the Header only", (_, input) => {
    const wsdl = compileSmall(smallWsdl(schema, { input, headers }));
    expect(buildSmall(wsdl, { a: "1" })).toBe("<t:in><t:a>1</t:a></t:in>");
    expect(buildSmall(wsdl, { a: "1", "#headers": { Login: { id: "7" } } })).toBe(
      "<soap:Header><t:Login><t:id>7</t:id></t:Login></soap:Header><soap:Body><t:in><t:a>1</t:a></t:in></soap:Body>",
    );
    expect(buildSmall(wsdl, { a: "1", "#headers": { Login: {}, More: "" } })).toMatchObject([
      { path: "#headers.More" },
      { path: "#headers.Login.id" },
    ]);
  });

  test("of another message are described, and those of a response are read", () => {
    const messages = `<message name="hm">${headerPart}</message>`;
    const header = '<soap:header message="t:hm" part="h" use="literal"/>';
    const wsdl = compileSmall(
      smallWsdl(schema, { messages, headers: header, outputHeaders: header, output: bodyPart }),
    );
    expect(wsdl.services[0]!.ports[0]!.operations.op!.headers).toMatchObject({
      input: [{ name: "Login" }],
      output: [{ name: "Login" }],
    });
    expect(readSmall(wsdl, "<t:in><t:a>1</t:a></t:in>", "<t:Login><t:id>7</t:id></t:Login>").headers).toEqual({
      Login: { id: "7" },
    });
  });

  test("that can't be described are left out alone", () => {
    const wsdl = compileSmall(smallWsdl(schema, { headers: '<soap:header message="t:none" part="h" use="literal"/>' }));
    expect(buildSmall(wsdl, { a: "1" })).toBe("<t:in><t:a>1</t:a></t:in>");
    expect(wsdl.services[0]!.omitted).toMatchObject([{ what: "header", name: "p/op" }]);
  });
});
