import { DOMParser, type Element, type Node, ParseError } from "@xmldom/xmldom";
import { ns, type QName, toQName } from "./names.ts";

/** How deep elements may nest: far more than any message, far less than what exhausts the stack. */
const maxDepth = 200;

/** What is wrong with a text that should be XML; `line` is 1-based, null when it is not known. */
export class XmlError extends Error {
  readonly line: number | null;
  constructor(message: string, line: number | null) {
    super(message);
    this.name = "XmlError";
    this.line = line;
  }
}

/**
 * Parses XML 1.0 with namespaces and returns the document element. A document type declaration is refused, and with it every entity
 * but the five of XML.
 * @throws XmlError
 */
export function parseXml(text: string): Element {
  checkMarkup(text);
  let problem: XmlError | null = null;
  const onError = (_level: string, message: string, context: { locator?: { lineNumber?: number } }) => {
    problem ??= new XmlError(shorten(message), context?.locator?.lineNumber ?? null);
    throw problem;
  };
  try {
    const { documentElement } = new DOMParser({ onError, locator: true, normalizeLineEndings }).parseFromString(
      text.replace(/^\uFEFF/, "").trimStart(),
      "text/xml",
    );
    if (documentElement) return documentElement;
  } catch (cause) {
    if (problem) throw problem;
    throw new XmlError(shorten((cause as Error).message), lineOf(cause));
  }
  throw new XmlError("it is empty", null);
}

/** Line ends of XML 1.0 (section 2.11): xmldom's own are those of XML 1.1, which would change U+0085, U+2028 and U+2029 in texts. */
function normalizeLineEndings(text: string): string {
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}

function lineOf(cause: unknown): number | null {
  return cause instanceof ParseError ? (cause.locator?.lineNumber ?? null) : null;
}

/** What may hold `<` that begins nothing (XML 1.0 sections 2.5, 2.6 and 2.7): how it begins, how it ends, and its name. */
const opaque = [
  ["<!--", "-->", "comment"],
  ["<![CDATA[", "]]>", "CDATA section"],
  ["<?", "?>", "processing instruction"],
] as const;

/**
 * Looks at the markup once, from its beginning to its end, before the parser builds anything: no declaration wherever it stands, no
 * markup without an end, no nesting that exhausts the stack.
 * @throws XmlError
 */
function checkMarkup(text: string): void {
  let depth = 0;
  for (let at = text.indexOf("<"); at !== -1; at = text.indexOf("<", at)) {
    const skipped = opaque.find(([start]) => text.startsWith(start, at));
    if (skipped) {
      const [start, end, name] = skipped;
      at = requireEnd(text, at, text.indexOf(end, at + start.length), name) + end.length;
      continue;
    }
    if (text[at + 1] === "!") throw new XmlError(describeDeclaration(text, at), lineAt(text, at));
    const end = requireEnd(text, at, endOfTag(text, at), "tag");
    if (text[at + 1] === "/") depth--;
    else if (text[end - 1] !== "/") depth++;
    if (depth > maxDepth) throw new XmlError(`its elements nest deeper than ${maxDepth} levels`, lineAt(text, at));
    at = end + 1;
  }
}

function requireEnd(text: string, start: number, end: number, name: string): number {
  if (end !== -1) return end;
  throw new XmlError(`a ${name} that begins here has no end`, lineAt(text, start));
}

function describeDeclaration(text: string, at: number): string {
  return /^<!doctype/i.test(text.slice(at, at + 9))
    ? "it has a document type declaration (DOCTYPE), which is not read"
    : "it has markup that begins with <! and is neither a comment nor a CDATA section";
}

/** The `>` of a tag; one inside an attribute's value does not count. */
function endOfTag(text: string, start: number): number {
  let quote = 0;
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (quote !== 0) {
      if (char === quote) quote = 0;
    } else if (char === 34 || char === 39) quote = char;
    else if (char === 62) return at;
  }
  return -1;
}

function shorten(message: string): string {
  return (message.split("\n")[0] ?? "").replace(/^\[xmldom \w+\]\s*/, "").slice(0, 200);
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

/** The elements in a node, in their order. */
export function childElements(node: Node): Element[] {
  const found: Element[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.nodeType === 1) found.push(child as Element);
  }
  return found;
}

/** The children of one name. */
export function childrenNamed(node: Node, namespace: string, local: string): Element[] {
  return childElements(node).filter((child) => child.namespaceURI === namespace && child.localName === local);
}

/** The name of an element. */
export function nameOf(element: Element): QName {
  return toQName(element.namespaceURI, element.localName ?? element.nodeName);
}

/** A QName in an attribute's value (`tns:Order`), by the namespaces that are in scope there. */
export function resolveName(element: Element, text: string): QName {
  const [prefix, local] = text.trim().includes(":") ? text.trim().split(":", 2) : ["", text.trim()];
  return toQName(lookup(element, prefix ?? ""), local ?? "");
}

function lookup(element: Element, prefix: string): string | null {
  for (let node: Element | null = element; node && node.nodeType === 1; node = node.parentNode as Element | null) {
    const found = prefix === "" ? node.getAttribute("xmlns") : node.getAttributeNS(ns.xmlns, prefix);
    if (found !== null) return found === "" ? null : found;
  }
  return prefix === "xml" ? ns.xml : null;
}

/** An attribute without a namespace, null when it is not there. */
export function attribute(element: Element, name: string): string | null {
  return element.hasAttribute(name) ? element.getAttribute(name) : null;
}

/** The text of `documentation` in a node, in one line. */
export function findDocumentation(node: Element): string | null {
  const holders = childElements(node).flatMap((child) => {
    if (child.localName === "documentation") return [child];
    return child.localName === "annotation" ? childElements(child).filter(isDocumentation) : [];
  });
  const text = holders
    .map((each) => each.textContent ?? "")
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();
  return text === "" ? null : text.slice(0, 2000);
}

const isDocumentation = (element: Element): boolean => element.localName === "documentation";

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;" };

/** Escapes text for the content of an element or of an attribute (XML 1.0 section 2.4). */
export function escapeXml(text: string): string {
  return /[&<>"\r]/.test(text) ? text.replace(/[&<>"\r]/g, (char) => entities[char]!) : text;
}

/** Escapes text for the content of an attribute, where a parser takes a line break or a tab for a space (XML 1.0 section 3.3.3). */
export function escapeAttribute(text: string): string {
  return escapeXml(text).replace(/[\t\n]/g, (char) => `&#${char.charCodeAt(0)};`);
}

const notInXml = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/** Whether a text can stand in XML 1.0 at all. */
export function isXmlText(text: string): boolean {
  return !notInXml.test(text);
}

export type { Element };
