import { XMLSerializer } from "@xmldom/xmldom";
import { type Part, parameterOf, splitParts } from "./envelope/multipart.ts";
import { findReferences, noReferences, type References, toJson, toMembers } from "./envelope/to-json.ts";
import { contentIdOf, decodePart, inlineAttachments } from "./envelope/xop.ts";
import type { ComplexType, MessageBody, OperationRef, SoapFault, SoapReading, Types, Wsdl } from "./model.ts";
import { ns, toQName } from "./names.ts";
import { define, listElements, type Members } from "./values.ts";
import { findOperation } from "./wsdl/find-operation.ts";
import { childElements, childrenNamed, type Element, nameOf } from "./xml/elements.ts";
import { parseXml, XmlError } from "./xml/parse-xml.ts";

/** An HTTP answer; header names in lower case. */
export type SoapAnswer = { status: number; headers: readonly [string, string][]; body: Buffer };

const noTypes: Types = {};

/** A larger one exceeds the memory of a thread. */
const maxAnswerBytes = 10 * 1024 * 1024;

/**
 * What an answer to a call says: its content as data, or its Fault, whatever its HTTP status and its media type are.
 * @param wsdl and `ref` null for a raw envelope.
 */
export function readSoapAnswer(answer: SoapAnswer, wsdl: Wsdl | null, ref: OperationRef | null): SoapReading {
  const type = answer.headers.find(([name]) => name === "content-type")?.[1] ?? "";
  const output = wsdl && ref ? findOperation(wsdl, ref).operation.output : null;
  const isOneWay = wsdl !== null && output === null;
  if (answer.body.length === 0) {
    const isAnswer = isOneWay || answer.status === 202 || answer.status === 204;
    return nothing(isAnswer || answer.status >= 300 ? null : "the answer is empty.");
  }
  if (answer.body.length > maxAnswerBytes) {
    return nothing(`it is larger than ${maxAnswerBytes / 1024 / 1024} MiB, which is not read as SOAP.`);
  }
  const multipart = /^\s*multipart\//i.test(type) ? splitMultipart(answer.body, type) : null;
  const text = multipart
    ? decode(decodePart(multipart.root), multipart.root.headers.get("content-type") ?? "")
    : decode(answer.body, type);
  const attachments = multipart?.attachments ?? [];
  try {
    return { ...readEnvelope(text, wsdl, output, multipart?.parts ?? []), attachments };
  } catch (err) {
    if (!(err instanceof XmlError)) throw err;
    return { ...nothing(describeOther(text, type, err)), attachments };
  }
}

function nothing(problem: string | null): SoapReading {
  return { envelope: false, fault: null, json: null, headers: null, xml: null, attachments: [], problem };
}

function readEnvelope(
  text: string,
  wsdl: Wsdl | null,
  output: MessageBody | null,
  parts: readonly Part[],
): SoapReading {
  const root = parseXml(text);
  inlineAttachments(root, parts);
  const envelope = root.namespaceURI ?? "";
  if (root.localName !== "Envelope" || (envelope !== ns.envelope && envelope !== ns.envelope12)) {
    const fault = root.localName === "Fault" ? readFault(root, noTypes, null) : null;
    return {
      ...nothing(fault ? null : `it is XML of ${nameOf(root).slice(0, 200)} and no SOAP envelope.`),
      fault,
      xml: text,
    };
  }
  const [body] = childrenNamed(root, envelope, "Body");
  const [header] = childrenNamed(root, envelope, "Header");
  const headers = header ? readHeaders(header, wsdl) : null;
  if (!body) return { ...nothing("the envelope has no Body."), envelope: true, xml: text, headers };
  const read = { headers, envelope: true, xml: text, attachments: [], problem: null };
  const [fault] = childrenNamed(body, envelope, "Fault");
  const references = findReferences(body);
  if (fault) return { ...read, fault: readFault(fault, wsdl?.types ?? noTypes, wsdl), json: null };
  return { ...read, fault: null, json: readBody(body, wsdl, output, references) };
}

/** Wrapped: the members of the wrapper, as arguments are given; else the elements of the Body by name. */
function readBody(body: Element, wsdl: Wsdl | null, output: MessageBody | null, references: References): unknown {
  const types = wsdl?.types ?? noTypes;
  // Elements with an id are what others refer to, and stand after them.
  const contents = childElements(body).filter(
    (each) => !(references.byId.has(each.getAttribute("id") ?? "\0") && isRootFalse(each)),
  );
  const [first] = contents;
  if (!first) return null;
  if (output?.wrapped && contents.length === 1 && first.localName === output.element?.name) {
    const isTyped = output.type !== undefined && first.hasAttributeNS(ns.xsi, "type");
    return isTyped ? toJson(types, first, output.type!, references) : readWrapped(first, types, output, references);
  }
  const declared = new Map(listElements(output?.content ?? null).map((each) => [each.name, each]));
  const members: Members = {};
  for (const each of contents) {
    const name = each.localName ?? each.nodeName;
    members[name] = toJson(types, each, declared.get(name)?.type ?? typeOf(wsdl, each), references);
  }
  return members;
}

/** The header blocks by name, a list if there are several of a name. */
function readHeaders(header: Element, wsdl: Wsdl | null): unknown {
  const members: Members = {};
  for (const child of childElements(header)) {
    const name = child.localName ?? child.nodeName;
    const value = toJson(wsdl?.types ?? noTypes, child, typeOf(wsdl, child), noReferences());
    define(members, name, Object.hasOwn(members, name) ? [members[name], value].flat() : value);
  }
  return Object.keys(members).length === 0 ? null : members;
}

const isRootFalse = (element: Element): boolean => element.getAttributeNS(ns.encoding, "root") !== "1";

function typeOf(wsdl: Wsdl | null, element: Element): string | null {
  const name = toQName(element.namespaceURI, element.localName ?? "");
  return wsdl && Object.hasOwn(wsdl.elements, name) ? wsdl.elements[name]!.type : null;
}

/** The types of wrappers, which have no name of their own. */
const wrappers = new WeakMap<MessageBody, ComplexType>();

function readWrapped(wrapper: Element, types: Types, output: MessageBody, references: References): unknown {
  const known = wrappers.get(output);
  const type = known ?? { kind: "complex", content: output.content, attributes: output.attributes };
  if (!known) wrappers.set(output, type);
  return toMembers(types, wrapper, type, references, 0);
}

/** SOAP 1.1 section 4.4, SOAP 1.2 part 1 section 5.4. */
function readFault(fault: Element, types: Types, wsdl: Wsdl | null): SoapFault {
  const find = (parent: Element | undefined, name: string) =>
    parent && childElements(parent).find(({ localName }) => localName === name);
  const text = (element: Element | undefined) => element?.textContent?.trim() ?? "";
  const code = find(fault, "Code");
  const detail = find(fault, "detail") ?? find(fault, "Detail");
  const rest = {
    detail: detail ? serializeContent(detail) : null,
    detailJson: detail ? readDetail(detail, types, wsdl) : null,
  };
  if (!code) {
    return {
      code: text(find(fault, "faultcode")),
      subcodes: [],
      reason: text(find(fault, "faultstring")),
      actor: find(fault, "faultactor") ? text(find(fault, "faultactor")) : null,
      ...rest,
    };
  }
  const subcodes: string[] = [];
  for (let subcode = find(code, "Subcode"); subcode && subcodes.length < 20; subcode = find(subcode, "Subcode")) {
    subcodes.push(text(find(subcode, "Value")));
  }
  const role = find(fault, "Role") ?? find(fault, "Node");
  return {
    code: text(find(code, "Value")),
    subcodes,
    reason: readReason(find(fault, "Reason")),
    actor: role ? text(role) : null,
    ...rest,
  };
}

/** The English text, or else the first one. */
function readReason(reason: Element | undefined): string {
  const texts = reason ? childElements(reason) : [];
  const english = texts.find((each) => /^en/i.test(each.getAttribute("xml:lang") ?? ""));
  return ((english ?? texts[0])?.textContent ?? reason?.textContent ?? "").trim();
}

function readDetail(detail: Element, types: Types, wsdl: Wsdl | null): unknown {
  const children = childElements(detail);
  if (children.length === 0) return detail.textContent?.trim() || null;
  const members: Members = {};
  for (const child of children) {
    members[child.localName ?? child.nodeName] = toJson(types, child, typeOf(wsdl, child), noReferences());
  }
  return members;
}

function serializeContent(element: Element): string {
  const serializer = new XMLSerializer();
  return [...element.childNodes]
    .map((node) => serializer.serializeToString(node))
    .join("")
    .trim();
}

type Multipart = { root: Part; parts: Part[]; attachments: SoapReading["attachments"] };

/** The root part (RFC 2387) is the one that `start` names, or else the first. */
function splitMultipart(body: Buffer, type: string): Multipart | null {
  const parts = splitParts(body, type);
  if (!parts) return null;
  const start = parameterOf(type, "start")?.replace(/^<|>$/g, "");
  const root = (start && parts.find((part) => contentIdOf(part) === start)) || parts[0]!;
  const others = parts.filter((part) => part !== root);
  const attachments = others.map((part) => ({
    contentId: contentIdOf(part),
    contentType: part.headers.get("content-type") ?? "application/octet-stream",
    bytes: part.body.length,
  }));
  return { root, parts: others, attachments };
}

/** XML 1.0 appendix F: a byte order mark, the media type's charset, the declaration, else UTF-8. */
function decode(body: Buffer, type: string): string {
  const declared = /^<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(body.subarray(0, 200).toString("latin1"))?.[1];
  const mark =
    body[0] === 0xff && body[1] === 0xfe ? "utf-16le" : body[0] === 0xfe && body[1] === 0xff ? "utf-16be" : null;
  const charset = mark ?? parameterOf(type, "charset") ?? declared ?? "utf-8";
  if (/^utf-?8$/i.test(charset)) return body.toString("utf8");
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return body.toString("utf8");
  }
}

function describeOther(text: string, type: string, err: XmlError): string {
  if (/^\s*(<!doctype html|<html)/i.test(text)) return "it is a web page.";
  if (/^\s*[{[]/.test(text)) return "it is JSON.";
  if (!/^\s*</.test(text)) return `it is text${type ? ` (${type.slice(0, 100)})` : ""}.`;
  return `its XML can't be read: ${err.message}.`;
}
