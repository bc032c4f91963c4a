import { describe, expect, test } from "vitest";
import { compileSmallWsdl, elementOf, readSmall } from "#scripts/test-soap.ts";
import { readSoapAnswer } from "../read.ts";

describe("MTOM", () => {
  const wsdl = compileSmallWsdl(
    elementOf("in", "") +
      elementOf(
        "out",
        `<xs:element name="data" type="xs:base64Binary" minOccurs="0" maxOccurs="2"/><xs:element name="typed" minOccurs="0"><xs:complexType><xs:simpleContent><xs:extension base="xs:base64Binary"><xs:attribute name="type"/></xs:extension></xs:simpleContent></xs:complexType></xs:element><xs:any minOccurs="0"/>`,
      ),
  );
  const ref = { service: "s", port: "p", operation: "op" };
  const include = (href: string) => `<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="${href}"/>`;
  const read = (content: string, part: string[], start = 'start="<root>"; ') => {
    const envelope = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="urn:t"><soap:Body><t:out>${content}</t:out></soap:Body></soap:Envelope>`;
    const root = ["Content-Type: application/xop+xml", "Content-ID: <root>", "", envelope];
    const body = ["--B", ...part, "--B", ...root, "--B--"].join("\r\n");
    const type = `multipart/related; type="application/xop+xml"; ${start}boundary="B"`;
    const answer = { status: 200, headers: [["content-type", type]] as [string, string][], body: Buffer.from(body) };
    return readSoapAnswer(answer, wsdl, ref);
  };
  const plain = ["Content-ID: <file@x>", "", "HELLO"];

  test.each([
    ["a part", plain],
    ["a part in base64", ["Content-ID: <file@x>", "Content-Transfer-Encoding: base64", "", "SEVMTE8="]],
    [
      "a quoted-printable part",
      ["Content-ID: <file@x>", "Content-Transfer-Encoding: Quoted-Printable", "", "H=45L=\r\nLO"],
    ],
    ["a part whose ID has no brackets", ["Content-ID: file@x", "", "HELLO"]],
  ])("%s is data in base64", (_, part) => {
    expect(read(`<t:data>${include("cid:file%40x")}</t:data>`, part).json).toEqual({ data: ["SEVMTE8="] });
  });

  test("the root is found by a start without brackets", () => {
    expect(read(`<t:data>${include("cid:file@x")}</t:data>`, plain, "start=root; ").json).toEqual({
      data: ["SEVMTE8="],
    });
  });

  test.each([
    [
      "beside attributes",
      `<t:typed type="a">${include("cid:file@x")}</t:typed>`,
      { typed: { "@type": "a", "#text": "SEVMTE8=" } },
    ],
    ["in an unknown element", `<x>${include("cid:file@x")}</x>`, { x: "SEVMTE8=" }],
    ["by href of SOAP with Attachments", '<t:data href="cid:file@x"/>', { data: ["SEVMTE8="] }],
    [
      "twice",
      `<t:data>${include("cid:file@x")}</t:data><t:data>${include("cid:file@x")}</t:data>`,
      { data: ["SEVMTE8=", "SEVMTE8="] },
    ],
    ["without its part", `<t:data>${include("cid:other@x")}</t:data>`, { data: ["cid:other@x"] }],
    ["with an invalid escape", `<t:data>${include("cid:%E0%")}</t:data>`, { data: ["cid:%E0%"] }],
  ])("a reference %s", (_, content, json) => {
    expect(read(content, plain).json).toEqual(json);
  });

  test("a large part stays a link", () => {
    const part = ["Content-ID: <file@x>", "", "x".repeat(1024 * 1024)];
    expect(read(`<t:data>${include("cid:file@x")}</t:data>`, part).json).toEqual({ data: ["cid:file@x"] });
  });

  test("a reference in a response without attachments stays a link", () => {
    expect(readSmall(wsdl, `<t:out><t:data>${include("cid:file@x")}</t:data></t:out>`).json).toEqual({
      data: ["cid:file@x"],
    });
  });
});
