import { buildEnvelope } from "#lib/delivery/soap/build.ts";
import type { SoapReading, Wsdl } from "#lib/delivery/soap/model.ts";
import { readSoapAnswer } from "#lib/delivery/soap/read.ts";
import { validateArguments } from "#lib/delivery/soap/validate.ts";
import { parseWsdl } from "#lib/delivery/soap/wsdl.ts";

// WSDLs for tests, with one operation `op` in the port `p` of the service `s`. Its input is the element `in` of the schema.

const prefixes = `xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:t="urn:t" xmlns:u="urn:u" xmlns:enc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"`;

type WsdlParts = {
  /** In place of a schema of `urn:t`. */
  types?: string;
  input?: string;
  output?: string;
  messages?: string;
  operations?: string;
  bound?: string;
  style?: string;
  body?: string;
  outputBody?: string;
  headers?: string;
  outputHeaders?: string;
  action?: string;
  portType?: string;
};

export function smallWsdl(schema: string, parts: WsdlParts = {}): string {
  const { types = schemaOf(schema), input = '<part name="p" element="t:in"/>', output = "", messages = "" } = parts;
  const { style = "document", body = '<soap:body use="literal"/>', headers = "", outputHeaders = "" } = parts;
  const { outputBody = '<soap:body use="literal"/>' } = parts;
  const { action = "urn:op", operations = "", bound = "" } = parts;
  const { portType = '<operation name="op"><input message="t:i"/><output message="t:o"/></operation>' } = parts;
  return `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:wsam="http://www.w3.org/2007/05/addressing/metadata" ${prefixes} targetNamespace="urn:t">
<types>${types}</types>
<message name="i">${input}</message><message name="o">${output}</message>${messages}
<portType name="pt">${portType}${operations}</portType>
<binding name="b" type="t:pt"><soap:binding style="${style}" transport="http://schemas.xmlsoap.org/soap/http"/>
  <operation name="op"><soap:operation soapAction="${action}"/><input>${headers}${body}</input>
    <output>${outputHeaders}${outputBody}</output></operation>${bound}</binding>
<service name="s"><port name="p" binding="t:b"><soap:address location="http://erp.example/"/></port></service>
</definitions>`;
}

export const schemaOf = (content: string, namespace = "urn:t"): string =>
  `<xs:schema ${prefixes} targetNamespace="${namespace}" elementFormDefault="qualified">${content}</xs:schema>`;
export const sequenceOf = (content: string): string =>
  `<xs:complexType><xs:sequence>${content}</xs:sequence></xs:complexType>`;
export const elementOf = (name: string, content: string): string =>
  `<xs:element name="${name}">${sequenceOf(content)}</xs:element>`;
export const inputOf = (content: string): string => elementOf("in", content);
export const typeOf = (name: string, content: string, attributes = ""): string =>
  `<xs:complexType name="${name}"${attributes}><xs:sequence>${content}</xs:sequence></xs:complexType>`;
export const extensionOf = (name: string, base: string, content: string): string =>
  `<xs:complexType name="${name}"><xs:complexContent><xs:extension base="${base}"><xs:sequence>${content}</xs:sequence></xs:extension></xs:complexContent></xs:complexType>`;
export const text = (...names: string[]): string =>
  names.map((name) => `<xs:element name="${name}" type="xs:string"/>`).join("");
export const optional = (name: string, type: string): string =>
  `<xs:element name="${name}" type="${type}" minOccurs="0"/>`;

/** The output of operations that return the element `out`. */
export const output = '<part name="p" element="t:out"/>';

/** An envelope with the prefixes of these WSDLs. */
export function soap(body: string, header = "", envelope = "http://schemas.xmlsoap.org/soap/envelope/"): string {
  const names = `${prefixes} xmlns:xsd="http://www.w3.org/2001/XMLSchema"`;
  return `<soap:Envelope xmlns:soap="${envelope}" ${names}>${header && `<soap:Header>${header}</soap:Header>`}<soap:Body>${body}</soap:Body></soap:Envelope>`;
}
export const soap12 = (body: string): string => soap(body, "", "http://www.w3.org/2003/05/soap-envelope");

export const op = { service: "s", port: "p", operation: "op" };

/** Compiles a WSDL, alone or with other documents by name. */
export function compileSmall(wsdl: string, others: Record<string, string> = {}): Wsdl {
  const documents = Object.entries({ "s.wsdl": wsdl, ...others });
  return parseWsdl(documents.map(([name, content]) => ({ location: `upload:${name}`, text: content })));
}

/** The problems of arguments, or what the Body (and the Header) contains, with the prefixes of these WSDLs. */
export function buildSmall(wsdl: Wsdl, args: Record<string, unknown>, ref = op): unknown {
  const problems = validateArguments(wsdl, ref, args);
  if (problems.length > 0) return problems;
  const { body } = buildEnvelope(wsdl, ref, { arguments: args, now: new Date(0), nonce: Buffer.alloc(16) });
  const names = new Map([...body.matchAll(/xmlns:(\w+)="(urn:\w+)"/g)].map(([, prefix, name]) => [prefix!, name!]));
  return body
    .replace(/^.*?<soap:Envelope[^>]*>/s, "")
    .replace("</soap:Envelope>", "")
    .replace(/^<soap:Body>(.*)<\/soap:Body>$/s, "$1")
    .replace(/\b(n\d+):/g, (all, prefix: string) => (names.has(prefix) ? `${names.get(prefix)!.slice(4)}:` : all));
}

/** What a response with a Body (and a Header) means. */
export function readSmall(wsdl: Wsdl, body: string, header = ""): SoapReading {
  return readSoapAnswer(
    { status: 200, headers: [["content-type", "text/xml"]], body: Buffer.from(soap(body, header)) },
    wsdl,
    op,
  );
}
