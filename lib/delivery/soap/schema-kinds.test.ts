import { describe, expect, test } from "vitest";
import { buildSmall, compileSmallWsdl, elementOf, exampleOfSmall, problemsOf, schemaOf } from "#scripts/test-soap.ts";

const member = (name: string, head: string | null, more = "") =>
  `<xs:element name="${name}" type="xs:string"${head ? ` substitutionGroup="t:${head}"` : ""} ${more}/>`;
const text = (name: string) => `<xs:element name="${name}" type="xs:string"/>`;
const complexType = (name: string, content: string, more = "") =>
  `<xs:complexType name="${name}" ${more}><xs:sequence>${content}</xs:sequence></xs:complexType>`;
const extension = (name: string, base: string, content: string) =>
  `<xs:complexType name="${name}"><xs:complexContent><xs:extension base="${base}"><xs:sequence>${content}</xs:sequence></xs:extension></xs:complexContent></xs:complexType>`;

describe("substitution groups", () => {
  const chain = member("head", null) + member("mid", "head") + member("leaf", "mid") + member("last", "leaf");
  test.each(["head", "mid", "leaf", "last"])("%s can be in the place of the head", (name) => {
    const wsdl = compileSmallWsdl(chain + elementOf("in", '<xs:element ref="t:head"/>'));
    expect(buildSmall(wsdl, { [name]: "1" })).toContain(`:${name}>1<`);
  });

  test("a head is no substitute for its members", () => {
    const wsdl = compileSmallWsdl(chain + elementOf("in", '<xs:element ref="t:leaf"/>'));
    expect(problemsOf(wsdl, { mid: "1" })).not.toEqual([]);
    expect(problemsOf(wsdl, { last: "1" })).toEqual([]);
  });

  test("abstract members don't appear, but theirs do", () => {
    const pay = `${member("pay", null, 'abstract="true"')}${member("card", "pay", 'abstract="true"')}${member("visa", "card")}`;
    const wsdl = compileSmallWsdl(pay + elementOf("in", '<xs:element ref="t:pay" maxOccurs="3"/>'));
    expect(exampleOfSmall(wsdl)).toEqual({ visa: [""] });
    expect(problemsOf(wsdl, { card: "1" }).join()).toMatch(/card/);
  });

  test("groups that lead in a circle end", () => {
    const circle = member("a", "b") + member("b", "a") + elementOf("in", '<xs:element ref="t:a"/>');
    expect(buildSmall(compileSmallWsdl(circle), { b: "1" })).toContain(":b>1<");
  });

  test("a blocked head takes no substitutes", () => {
    const blocked = member("a", null, 'block="substitution"') + member("b", "a");
    const wsdl = compileSmallWsdl(blocked + elementOf("in", '<xs:element ref="t:a"/>'));
    expect(problemsOf(wsdl, { b: "1" })).not.toEqual([]);
  });

  test("an abstract head without members takes any element, and its example fits", () => {
    const wsdl = compileSmallWsdl(
      `${member("a", null, 'abstract="true"')}${elementOf("in", '<xs:element ref="t:a"/>')}`,
    );
    expect(problemsOf(wsdl, exampleOfSmall(wsdl))).toEqual([]);
  });
});

describe("xs:redefine", () => {
  const redefined = (inside: string, more = "") =>
    `<xs:redefine schemaLocation="r.xsd">${inside}</xs:redefine>${more}${elementOf("in", '<xs:element name="a" type="t:A"/>')}`;
  const former = schemaOf(complexType("A", text("x")) + complexType("Uses", '<xs:element name="u" type="t:A"/>'));

  test("extends a type by its former self", () => {
    const wsdl = compileSmallWsdl(redefined(extension("A", "t:A", text("y"))), { documents: { "r.xsd": former } });
    expect(buildSmall(wsdl, { a: { x: "1", y: "2" } })).toMatch(/:x>1<.*:y>2</);
    expect(problemsOf(wsdl, { a: { x: "1" } })).toEqual(["a.y: is missing."]);
  });

  test("is in force for the schema that is redefined", () => {
    const schema = `<xs:redefine schemaLocation="r.xsd">${extension("A", "t:A", text("y"))}</xs:redefine>${elementOf("in", '<xs:element name="v" type="t:Uses"/>')}`;
    const wsdl = compileSmallWsdl(schema, { documents: { "r.xsd": former } });
    expect(problemsOf(wsdl, { v: { u: { x: "1" } } })).toEqual(["v.u.y: is missing."]);
  });

  test("restricts a simple type", () => {
    const simple = (base: string, facet: string) =>
      `<xs:simpleType name="A"><xs:restriction base="${base}">${facet}</xs:restriction></xs:simpleType>`;
    const wsdl = compileSmallWsdl(redefined(simple("t:A", '<xs:minLength value="2"/>')), {
      documents: { "r.xsd": schemaOf(simple("xs:string", '<xs:maxLength value="3"/>')) },
    });
    expect(problemsOf(wsdl, { a: "abc" })).toEqual([]);
    expect(problemsOf(wsdl, { a: "a" })).toHaveLength(1);
    expect(problemsOf(wsdl, { a: "abcd" })).toHaveLength(1);
  });

  test("extends groups and attribute groups", () => {
    const group = (content: string) => `<xs:group name="G"><xs:sequence>${content}</xs:sequence></xs:group>`;
    const attributes = (content: string) => `<xs:attributeGroup name="H">${content}</xs:attributeGroup>`;
    const inside =
      group(`<xs:group ref="t:G"/>${text("y")}`) +
      attributes('<xs:attributeGroup ref="t:H"/><xs:attribute name="k" type="xs:string"/>');
    const type = `<xs:complexType name="A"><xs:group ref="t:G"/><xs:attributeGroup ref="t:H"/></xs:complexType>`;
    const wsdl = compileSmallWsdl(redefined(inside, type), {
      documents: { "r.xsd": schemaOf(group(text("x")) + attributes('<xs:attribute name="h" type="xs:string"/>')) },
    });
    expect(buildSmall(wsdl, { a: { x: "1", y: "2", "@h": "3", "@k": "4" } })).toMatch(/h="3" k="4">.*:x>1<.*:y>2</);
  });

  test("of a redefinition keeps all three", () => {
    const second = schemaOf(`<xs:redefine schemaLocation="r2.xsd">${extension("A", "t:A", text("y"))}</xs:redefine>`);
    const wsdl = compileSmallWsdl(redefined(extension("A", "t:A", text("z"))), {
      documents: { "r.xsd": second, "r2.xsd": former },
    });
    expect(buildSmall(wsdl, { a: { x: "1", y: "2", z: "3" } })).toMatch(/:x>1<.*:y>2<.*:z>3</);
  });
});

describe("thousands of types", () => {
  const count = 3000;
  const names = Array.from({ length: count }, (_, index) => index);
  const compile = (schema: string) =>
    compileSmallWsdl(`${schema}${elementOf("in", '<xs:element name="v" type="t:T0"/>')}`);

  test("that extend each other in a row are refused with the reason", () => {
    const chain = names.map((each) =>
      each === count - 1
        ? complexType(`T${each}`, text("x"))
        : extension(`T${each}`, `t:T${each + 1}`, text(`e${each}`)),
    );
    expect(() => compile(chain.join(""))).toThrow(/more than \d+ types or elements are derived/);
  });

  test("that contain each other are read, and the example fits", () => {
    const chain = names.map((each) =>
      complexType(
        `T${each}`,
        each === count - 1
          ? text("x")
          : `<xs:element name="e" type="t:T${each + 1}" minOccurs="${each < 50 ? 1 : 0}"/>`,
      ),
    );
    const wsdl = compile(chain.join(""));
    expect(problemsOf(wsdl, exampleOfSmall(wsdl))).toEqual([]);
  });

  test("100 that extend each other are read", () => {
    const chain = names
      .slice(0, 100)
      .map((each) =>
        each === 99 ? complexType(`T${each}`, text("x")) : extension(`T${each}`, `t:T${each + 1}`, text(`e${each}`)),
      );
    const wsdl = compile(chain.join(""));
    expect(problemsOf(wsdl, exampleOfSmall(wsdl))).toEqual([]);
  });
});

describe("overloaded operations", () => {
  const second = (portName: string, boundName: string) => ({
    messages: '<message name="i2"><part name="p" element="t:in2"/></message>',
    operations: `<operation name="op"><input ${portName} message="t:i2"/><output message="t:o"/></operation>`,
    bound: `<operation name="op"><soap:operation soapAction="urn:op2"/><input ${boundName}><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation>`,
  });
  const schema = elementOf("in", text("a")) + elementOf("in2", text("b"));

  test.each([
    ["by the name of the input", 'name="second"', 'name="second"', "op (second)"],
    ["in their order", "", "", "op (2)"],
    ["by the name that only the port type gives", 'name="second"', "", "op (second)"],
  ])("are told apart %s", (_, portName, boundName, name) => {
    const wsdl = compileSmallWsdl(schema, second(portName, boundName));
    expect(Object.keys(wsdl.services[0]!.ports[0]!.operations)).toEqual(["op", name]);
    expect(buildSmall(wsdl, { a: "1" })).toMatch(/:in>.*:a>1</);
    expect(buildSmall(wsdl, { b: "1" }, name)).toMatch(/:in2>.*:b>1</);
  });

  test("keep their name in the wrapper of rpc", () => {
    const options = { ...second('name="second"', 'name="second"'), rpc: true, parts: '<part name="x" type="xs:int"/>' };
    const messages = '<message name="i2"><part name="y" type="xs:int"/></message>';
    expect(
      buildSmall(compileSmallWsdl(elementOf("in", ""), { ...options, messages }), { y: 1 }, "op (second)"),
    ).toMatch(/:?op[ >].*<y[^>]*>1</);
  });
});

describe("services of one name", () => {
  const other = (ports: string) =>
    `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:t="urn:t" targetNamespace="urn:other"><service name="s">${ports}</service></definitions>`;
  const port = (name: string) =>
    `<port name="${name}" binding="t:b"><soap:address location="http://127.0.0.1:9/${name}"/></port>`;
  const schema = elementOf("in", text("a"));

  test("in two namespaces have two names", () => {
    const wsdl = compileSmallWsdl(schema, { documents: { "o.wsdl": other(port("q")) } });
    expect(wsdl.services.map(({ name, ports }) => [name, ports[0]!.name])).toEqual([
      ["s", "p"],
      ["{urn:other}s", "q"],
    ]);
  });

  test("in one namespace have all ports", () => {
    const more = `<service name="s">${port("p")}${port("q")}</service>`;
    const wsdl = compileSmallWsdl(schema, { services: more });
    expect(wsdl.services.map(({ ports }) => ports.map(({ name }) => name))).toEqual([["p", "q"]]);
  });
});
