import { describe, expect, test } from "vitest";
import {
  buildSmall,
  compileSmall,
  inputOf,
  optional,
  readSmall,
  schemaOf,
  smallWsdl,
  text,
  typeOf,
} from "#scripts/small-wsdl.ts";
import { findImports } from "./imports.ts";
import { listServices } from "./wsdl.ts";

const schema = inputOf(text("a"));
const missing = typeOf("Unused", '<xs:element name="x" type="t:Missing"/>');
const bind = (name: string) =>
  `<operation name="${name}"><soap:operation soapAction=""/><input><soap:body use="literal"/></input></operation>`;
const second = {
  operations: '<operation name="op2"><input message="t:i2"/></operation>',
  bound: bind("op2"),
};

describe("one broken part of a WSDL", () => {
  test.each([
    ["a type that nothing uses", smallWsdl(missing + schema)],
    [
      "an attribute group that nothing uses",
      smallWsdl(`<xs:complexType name="X"><xs:attributeGroup ref="t:none"/></xs:complexType>${schema}`),
    ],
    [
      "a list type that nothing uses",
      smallWsdl(`<xs:simpleType name="L"><xs:list itemType="t:None"/></xs:simpleType>${schema}`),
    ],
    ["an element with an undeclared prefix", smallWsdl(`<xs:element name="z" type="z:Z"/>${schema}`)],
  ])("%s disables nothing", (_, wsdl) => {
    const compiled = compileSmall(wsdl);
    expect(buildSmall(compiled, { a: "1" })).toBe("<t:in><t:a>1</t:a></t:in>");
    expect(listServices(compiled)[0]).not.toHaveProperty("omitted");
  });

  const omissionsOf = (wsdl: string) => {
    const compiled = compileSmall(wsdl);
    expect(buildSmall(compiled, { a: "1" })).toBe("<t:in><t:a>1</t:a></t:in>");
    return listServices(compiled)[0]!.omitted;
  };
  test.each([
    [
      "an element of a message",
      smallWsdl(schema, { ...second, messages: '<message name="i2"><part name="p" element="t:none"/></message>' }),
      "p/op2",
      /none is not defined|none of a message/,
    ],
    [
      "the type of a part",
      smallWsdl(schema, { ...second, messages: '<message name="i2"><part name="p" type="t:None"/></message>' }),
      "p/op2",
      /None/,
    ],
    ["a message", smallWsdl(schema, second), "p/op2", /message/],
    ["an operation of the port type", smallWsdl(schema, { bound: bind("extra") }), "p/extra", /port type/],
    [
      "a required member, at any depth",
      smallWsdl(
        `${missing}${typeOf("Outer", '<xs:element name="u" type="t:Unused"/>')}<xs:element name="in2" type="t:Outer"/>${schema}`,
        { ...second, messages: '<message name="i2"><part name="p" element="t:in2"/></message>' },
      ),
      "p/op2",
      /Missing/,
    ],
  ])("%s that is undefined disables its operation only", (_, wsdl, name, reason) => {
    expect(omissionsOf(wsdl)).toEqual([{ what: "operation", name, reason: expect.stringMatching(reason) }]);
  });

  test("a port whose binding isn't defined is left out", () => {
    const port = '<port name="rules" binding="t:pt"><soap:address location="http://a/"/></port>';
    expect(omissionsOf(smallWsdl(schema).replace("</service>", `${port}</service>`))).toMatchObject([
      { what: "port", name: "rules" },
    ]);
  });

  test.each([
    ["a member", missing + inputOf(text("a") + optional("u", "t:Unused")), "u"],
    ["an element reference", inputOf(`${text("a")}<xs:element ref="t:none" minOccurs="0"/>`), "none"],
    [
      "a branch of a choice",
      missing +
        inputOf(`${text("a")}<xs:choice minOccurs="0">${text("b")}<xs:element name="u" type="t:Unused"/></xs:choice>`),
      "u",
    ],
    [
      "an attribute",
      `<xs:element name="in"><xs:complexType><xs:sequence>${text("a")}</xs:sequence><xs:attribute name="x" type="t:None"/></xs:complexType></xs:element>`,
      "@x",
    ],
  ])("%s that isn't required is left out alone", (_, broken, name) => {
    expect(omissionsOf(smallWsdl(broken))).toMatchObject([{ what: "member", name }]);
  });

  test("a response that can't be described is read by what it contains", () => {
    const wsdl = compileSmall(smallWsdl(schema, { output: '<part name="p" element="t:none"/>' }));
    expect(readSmall(wsdl, "<t:none><t:a>1</t:a></t:none>").json).toEqual({ none: { a: "1" } });
    expect(wsdl.services[0]!.omitted).toMatchObject([{ what: "response", name: "p/op" }]);
  });

  test("an imported document that can't be read is listed", () => {
    const types = schemaOf(`<xs:import namespace="urn:u" schemaLocation="u.xsd"/>${schema}`);
    const wsdl = compileSmall(smallWsdl("", { types }), { "u.xsd": "<html><body>Sign in" });
    expect(wsdl.services[0]!.omitted).toMatchObject([{ what: "document", name: "upload:u.xsd" }]);
  });

  test("that everything needs is the reason why the WSDL is rejected", () => {
    expect(() => compileSmall(smallWsdl(missing + inputOf('<xs:element name="u" type="t:Unused"/>')))).toThrow(
      /Missing.*not defined/,
    );
  });
});

test("a WSDL without a service, or without a usable port, offers its bindings", () => {
  for (const service of ["", '<service name="s"><port name="p" binding="t:none"/></service>']) {
    const wsdl = compileSmall(smallWsdl(schema).replace(/<service [\s\S]*<\/service>/, service));
    expect(listServices(wsdl)).toMatchObject([
      { name: "pt", ports: [{ name: "b", address: null, operations: ["op"] }] },
    ]);
  }
});

describe("well-known schemas", () => {
  const apache = smallWsdl("", { style: "rpc", input: '<part name="p" type="m:Map"/>' }).replace(
    "<definitions ",
    '<definitions xmlns:m="http://xml.apache.org/xml-soap" ',
  );
  test("of Apache's types need no definition", () => {
    const wsdl = compileSmall(apache);
    expect(buildSmall(wsdl, { p: { item: [{ key: "a", value: "b" }] } })).toContain(
      "<item><key>a</key><value>b</value></item>",
    );
  });

  test.each([
    ["http://www.w3.org/2005/08/addressing", "EndpointReference", { Address: "http://a/" }],
    ["http://schemas.xmlsoap.org/ws/2004/08/addressing", "EndpointReference", { Address: "http://a/" }],
    ["http://www.w3.org/2000/09/xmldsig#", "X509Data", { X509SubjectName: "CN=a" }],
    ["http://www.w3.org/2001/04/xmlenc#", "CipherData", { CipherValue: "YQ==" }],
    ["http://schemas.xmlsoap.org/soap/envelope/", "Fault", { faultcode: "xs:a", faultstring: "b" }],
    ["http://www.w3.org/2003/05/soap-envelope", "Body", {}],
    ["http://www.w3.org/2004/08/xop/include", "Include", { "@href": "cid:a" }],
    ["http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd", "Timestamp", {}],
  ])("%s is there without Internet access, wherever an import leads", (namespace, name, args) => {
    const reference = `<xs:element ref="q:${name}" xmlns:q="${namespace}"/>`;
    const types = schemaOf(
      `<xs:import namespace="${namespace}" schemaLocation="http://nowhere.example/x.xsd"/>${inputOf(reference)}`,
    );
    const document = smallWsdl("", { types });
    expect(findImports({ location: "upload:s.wsdl", text: document })).toEqual([]);
    expect(buildSmall(compileSmall(document), { [name]: args })).toEqual(expect.any(String));
  });

  test("have the attributes of XML, XLink, and xmlmime", () => {
    const attributes = ["xml:lang", "xl:href", "m:contentType"].map((ref) => `<xs:attribute ref="${ref}"/>`).join("");
    const own = `<xs:element name="in" xmlns:xl="http://www.w3.org/1999/xlink" xmlns:m="http://www.w3.org/2005/05/xmlmime"><xs:complexType>${attributes}</xs:complexType></xs:element>`;
    expect(
      buildSmall(compileSmall(smallWsdl(own)), { "@lang": "de", "@href": "http://a", "@contentType": "a/b" }),
    ).toMatch(/xml:lang="de" n\d:href="http:\/\/a" n\d:contentType="a\/b"/);
  });
});

test.each([
  [
    "the input's action",
    "urn:a",
    '<operation name="op"><input message="t:i" wsam:Action="urn:named"/></operation>',
    "urn:named",
  ],
  ["else the SOAPAction", "urn:a", '<operation name="op"><input message="t:i"/></operation>', "urn:a"],
  [
    "else the names",
    "",
    '<operation name="op"><input message="t:i"/><output message="t:o"/></operation>',
    "urn:t:pt:opRequest",
  ],
  ["of a one-way operation", "", '<operation name="op"><input message="t:i"/></operation>', "urn:t:pt:op"],
  ["with the input's name", "", '<operation name="op"><input name="call" message="t:i"/></operation>', "urn:t:pt:call"],
])("wsa:Action is %s", (_, action, portType, expected) => {
  const wsdl = compileSmall(smallWsdl(schema, { action, portType }));
  expect(wsdl.services[0]!.ports[0]!.operations.op!.addressingAction).toBe(expected);
});
