import { DOMParser, type Element, ParseError } from "@xmldom/xmldom";
import { findUndeclaredPrefix } from "./undeclared-prefix.ts";

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
    problem ??= new XmlError(explain(message, text), context?.locator?.lineNumber ?? null);
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
    throw new XmlError(explain((cause as Error).message, text), lineOf(cause));
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

/** Names an undeclared prefix, which the parser's message doesn't. */
function explain(message: string, text: string): string {
  const prefix = /prefix is non-null/i.test(message) ? findUndeclaredPrefix(text) : null;
  if (prefix === null) return shorten(message);
  return `the prefix ${shorten(prefix)} isn't declared. Add xmlns:${shorten(prefix)}="…" with its namespace`;
}

function shorten(message: string): string {
  return (message.split("\n")[0] ?? "").replace(/^\[xmldom \w+\]\s*/, "").slice(0, 200);
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

const isText = (nodeType: number): boolean => nodeType === 3 || nodeType === 4;

/** Explains why a text isn't XML of any number of elements; null if it is. */
export function findFragmentProblem(xml: string): string | null {
  try {
    const { childNodes } = parseXml(`<any>${xml}</any>`);
    const hasText = [...childNodes].some(
      ({ nodeType, nodeValue }) => isText(nodeType) && (nodeValue ?? "").trim() !== "",
    );
    return hasText ? "it has text outside of elements" : null;
  } catch (err) {
    if (!(err instanceof XmlError)) throw err;
    return err.message;
  }
}
