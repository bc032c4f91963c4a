import { buildEnvelope } from "#lib/delivery/soap/build.ts";
import { describeOperation } from "#lib/delivery/soap/describe.ts";
import type { SoapReading, Wsdl } from "#lib/delivery/soap/model.ts";
import { readSoapAnswer } from "#lib/delivery/soap/read.ts";
import { validateArguments } from "#lib/delivery/soap/validate.ts";
import { parseWsdl } from "#lib/delivery/soap/wsdl.ts";

// Small WSDLs for tests: the operation `op` of the port `p` of the service `s`, whose input and output are the elements `in` and `out`.

type Options = {
  rpc?: boolean;
  /** Parts of the input, in place of the element `in`. */
  parts?: string;
  documents?: Record<string, string>;
  messages?: string;
  operations?: string;
  bound?: string;
  services?: string;
};

const header = `xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" xmlns:u="urn:u"
  xmlns:enc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"`;

/** A schema with the target namespace `urn:t`. */
export const schemaOf = (content: string, namespace = "urn:t") =>
  `<xs:schema ${header} targetNamespace="${namespace}" elementFormDefault="qualified">${content}</xs:schema>`;

/** An element whose type has no name. */
export const elementOf = (name: string, content: string) =>
  `<xs:element name="${name}"><xs:complexType><xs:sequence>${content}</xs:sequence></xs:complexType></xs:element>`;

/** The text of a WSDL with a schema's content. */
function writeSmallWsdl(schema: string, options: Options = {}): string {
  const { rpc = false, parts = '<part name="p" element="t:in"/>', messages = "", operations = "" } = options;
  const { bound = "", services = "" } = options;
  const body = rpc
    ? '<soap:body use="encoded" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/" namespace="urn:t"/>'
    : '<soap:body use="literal"/>';
  const output = schema.includes('name="out"') ? '<part name="p" element="t:out"/>' : "";
  return `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" ${header} targetNamespace="urn:t">
    <types>${schemaOf(schema)}</types>
    <message name="i">${parts}</message><message name="o">${output}</message>${messages}
    <portType name="pt"><operation name="op"><input message="t:i"/><output message="t:o"/></operation>${operations}</portType>
    <binding name="b" type="t:pt"><soap:binding style="${rpc ? "rpc" : "document"}" transport="http://schemas.xmlsoap.org/soap/http"/>
      <operation name="op"><soap:operation soapAction="urn:op"/><input>${body}</input><output>${body}</output></operation>${bound}</binding>
    <service name="s"><port name="p" binding="t:b"><soap:address location="http://127.0.0.1:9/"/></port></service>${services}
  </definitions>`;
}

/** Compiles a small WSDL. */
export function compileSmallWsdl(schema: string, options: Options = {}): Wsdl {
  const more = Object.entries(options.documents ?? {}).map(([name, text]) => ({ location: `upload:${name}`, text }));
  return parseWsdl([{ location: "upload:s.wsdl", text: writeSmallWsdl(schema, options) }, ...more]);
}

const ref = { service: "s", port: "p", operation: "op" };

/** The places where arguments don't fit, with their messages. */
export function problemsOf(wsdl: Wsdl, args: Record<string, unknown>): string[] {
  return validateArguments(wsdl, ref, args).map(({ path, message }) => `${path}: ${message}`);
}

/** The envelope of a call, or the problems of its arguments. */
export function buildSmall(wsdl: Wsdl, args: Record<string, unknown>, operation = "op"): string {
  const problems = validateArguments(wsdl, { ...ref, operation }, args);
  if (problems.length > 0) return JSON.stringify(problems);
  const input = { arguments: args, now: new Date(0), nonce: new Uint8Array(16) };
  return buildEnvelope(wsdl, { ...ref, operation }, input).body;
}

/** The arguments to begin with. */
export const exampleOfSmall = (wsdl: Wsdl) => describeOperation(wsdl, ref).exampleArguments;

/** Reads a response whose Body has this content. */
export function readSmall(wsdl: Wsdl, content: string): SoapReading {
  const text = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ${header}><soap:Body>${content}</soap:Body></soap:Envelope>`;
  return readSoapAnswer({ status: 200, headers: [["content-type", "text/xml"]], body: Buffer.from(text) }, wsdl, ref);
}
