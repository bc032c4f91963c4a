import { invalidInput } from "#lib/platform/errors/app-error.ts";
import { assign } from "./content/arrange.ts";
import { type AddressingInput, type SecurityInput, writeAddressing, writeSecurity } from "./envelope/security.ts";
import { XmlWriter } from "./envelope/writer.ts";
import { findHeaderProblem } from "./header-blocks.ts";
import type { BuiltEnvelope, ElementNode, OperationNode, OperationRef, SoapVersion, Wsdl } from "./model.ts";
import { ns } from "./names.ts";
import { bodyOfValue, isMembers, type Members } from "./values.ts";
import { findOperation } from "./wsdl/find-operation.ts";
import { parseXml, XmlError } from "./xml/parse-xml.ts";

export type BuildInput = {
  arguments: Record<string, unknown>;
  /** Header blocks: XML of any number of elements each. */
  headers?: { xml: string }[];
  security?: SecurityInput;
  addressing?: AddressingInput;
  now: Date;
  /** 16 random bytes. */
  nonce: Uint8Array;
};

export type RawInput = { envelope: string; soapVersion: SoapVersion; action: string };

const prefix = "soap";

/**
 * The envelope of a call, from arguments that fit (`validateArguments`).
 * @throws AppError `not_found` for an operation that the WSDL does not have, `invalid_input` at `headers` for what is no XML
 */
export function buildEnvelope(wsdl: Wsdl, ref: OperationRef, input: BuildInput): BuiltEnvelope {
  const { port, operation } = findOperation(wsdl, ref);
  const writer = new XmlWriter(wsdl.types, operation.use === "encoded");
  const { "#headers": blocks, ...members } = input.arguments;
  const body = writeBody(writer, operation, members);
  const described = { kind: "sequence" as const, min: 1, max: 1, items: operation.headers.input };
  const header = writeHeader(input, operation, isMembers(blocks) ? writer.group(described, blocks) : "");
  const namespace = port.soapVersion === "1.2" ? ns.envelope12 : ns.envelope;
  const opened = `<${prefix}:Envelope xmlns:${prefix}="${namespace}"${writer.declarations()}>`;
  const text = `<?xml version="1.0" encoding="utf-8"?>\n${opened}${header}<${prefix}:Body>${body}</${prefix}:Body></${prefix}:Envelope>`;
  return frame(text, port.soapVersion, operation.soapAction);
}

function writeBody(writer: XmlWriter, { input: body, style, use }: OperationNode, args: Members): string {
  const { element, wrapped } = body;
  if (!wrapped) {
    const { values } = assign(body.content, args);
    return body.content.items
      .filter((item): item is ElementNode => item.kind === "element")
      .filter((item) => body.content.kind !== "choice" || values.has(item))
      .map((item) => writer.element(item, values.has(item) ? values.get(item) : {}))
      .join("");
  }
  const tag = writer.name(element!.namespace, element!.name);
  const encoding = style === "rpc" && use === "encoded" ? ` ${prefix}:encodingStyle="${ns.encoding}"` : "";
  const { content, attributes, anyAttribute, named } = bodyOfValue(writer.types, body, args);
  const inner = writer.group(content, args);
  const typed = named ? writer.namedType(named) : "";
  return `<${tag}${encoding}${typed}${writer.attributes(attributes, args, anyAttribute)}>${inner}</${tag}>`;
}

/** @param described header blocks that the binding describes. */
function writeHeader(
  { headers = [], security, addressing, now, nonce }: BuildInput,
  operation: OperationNode,
  described: string,
): string {
  const own = headers.map(({ xml }, index) => {
    const message = findHeaderProblem(xml);
    if (message === null) return xml.trim();
    throw invalidInput([{ field: headers.length > 1 ? `headers.${index}` : "headers", message }]);
  });
  const blocks = [
    addressing ? writeAddressing({ ...addressing, action: addressing.action ?? operation.addressingAction }) : "",
    security ? writeSecurity(security, { now, nonce, envelopePrefix: prefix }) : "",
    described,
    ...own,
  ].join("");
  return blocks === "" ? "" : `<${prefix}:Header>${blocks}</${prefix}:Header>`;
}

/** How an envelope is sent: SOAP 1.1 section 6.1, SOAP 1.2 part 2 section 7.1 and RFC 3902. */
function frame(body: string, soapVersion: SoapVersion, named: string): BuiltEnvelope {
  // It stands in quotes, and is a URI, which can't hold these.
  const action = named.replace(/["\\\s]/g, encodeURIComponent);
  if (soapVersion === "1.1") {
    return { body, contentType: "text/xml; charset=utf-8", headers: [["SOAPAction", `"${action}"`]] };
  }
  const parameter = action === "" ? "" : `; action="${action}"`;
  return { body, contentType: `application/soap+xml; charset=utf-8${parameter}`, headers: [] };
}

/**
 * A whole envelope that somebody wrote.
 * @throws AppError `invalid_input` at `envelope` for what is no envelope
 */
export function wrapRawEnvelope(input: RawInput): BuiltEnvelope {
  const refuse = (message: string) => invalidInput([{ field: "request.envelope", message }]);
  try {
    const root = parseXml(input.envelope);
    if (root.localName !== "Envelope") throw refuse(`The root is ${root.nodeName}, not an Envelope.`);
  } catch (err) {
    if (!(err instanceof XmlError)) throw err;
    const line = err.line === null ? "" : ` (line ${err.line})`;
    throw refuse(`The envelope can't be read as XML${line}: ${err.message}.`);
  }
  return frame(input.envelope, input.soapVersion, input.action);
}
