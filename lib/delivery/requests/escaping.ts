import type { Piece } from "./template.ts";

/** What a body is, which decides how values are escaped in it. */
export type BodyKind = "json" | "form" | "xml" | "text";

/** A value as text: a string as it is, nothing for null, objects as JSON. */
export function toText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value.toWellFormed();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Joins the pieces, each value as `escape` makes it. */
export function joinPieces(pieces: Piece[], escapeValue: (value: unknown) => string): string {
  return pieces.map((piece) => ("text" in piece ? piece.text : escapeValue(piece.value))).join("");
}

/**
 * The body's kind by its media type (RFC 9110 section 8.3); without one by how it begins.
 * @param source the template, or any text of the same beginning.
 */
export function bodyKind(contentType: string | null, source: string): BodyKind {
  if (contentType !== null) {
    const type = contentType.split(";")[0]!.trim().toLowerCase();
    if (/[/+]json$/.test(type)) return "json";
    if (/[/+]xml$/.test(type)) return "xml";
    return type === "application/x-www-form-urlencoded" ? "form" : "text";
  }
  if (/^\s*(\[|\{(?![{%]))/.test(source)) return "json";
  return /^\s*</.test(source) ? "xml" : "text";
}

/** The media type of a body whose template names none. */
export const defaultContentType: Record<BodyKind, string> = {
  json: "application/json",
  form: "application/x-www-form-urlencoded",
  xml: "application/xml",
  text: "text/plain; charset=utf-8",
};

/** Escapes each value for its place in a body. @throws Error that says what can't be written there */
export function writeBody(pieces: Piece[], kind: BodyKind): string {
  if (kind === "json") return writeJson(pieces);
  if (kind === "form") return joinPieces(pieces, (value) => encodeURIComponent(toText(value)));
  if (kind === "xml") return joinPieces(pieces, (value) => escapeXml(toText(value)));
  return joinPieces(pieces, toText);
}

/**
 * JSON (RFC 8259): inside a string literal a value becomes the content of a string, elsewhere a whole JSON value. Where it
 * stands is read from the text before it, so `{% if %}` and `{% for %}` make no difference.
 */
function writeJson(pieces: Piece[]): string {
  let json = "";
  let inString = false;
  for (const piece of pieces) {
    if ("text" in piece) {
      const scanned = scanJson(piece.text, inString);
      if (scanned.endsInEscape) throw new Error("a variable stands right after a backslash");
      inString = scanned.inString;
      json += piece.text;
    } else {
      json += inString ? JSON.stringify(toText(piece.value)).slice(1, -1) : toJson(piece.value);
    }
  }
  try {
    JSON.parse(json);
  } catch (cause) {
    throw new Error(`the body is not valid JSON (${(cause as Error).message})`, { cause });
  }
  return json;
}

/** Whether a place in a JSON text is inside a string literal, by the text before it. */
export function isInsideJsonString(before: string): boolean {
  return scanJson(before, false).inString;
}

function toJson(value: unknown): string {
  return JSON.stringify(value ?? null) ?? "null";
}

function scanJson(text: string, startsInString: boolean): { inString: boolean; endsInEscape: boolean } {
  let inString = startsInString;
  for (let index = 0; index < text.length; index++) {
    const char = text[index];
    if (char === '"') inString = !inString;
    else if (char === "\\" && inString) {
      index++;
      if (index === text.length) return { inString, endsInEscape: true };
    }
  }
  return { inString, endsInEscape: false };
}

const xmlEntities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
const notInXml = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/** XML 1.0 section 2.2: some control characters can't be written at all, not even as a reference. */
function escapeXml(text: string): string {
  if (notInXml.test(text)) throw new Error("a value holds a control character, which XML can't hold");
  return text.replace(/[&<>"']/g, (char) => xmlEntities[char]!);
}

/**
 * A path (RFC 3986 section 3.3). Each value is encoded and can't leave its segment; a segment of dots and an empty value,
 * which would lead to another resource, are refused.
 * @throws Error that says what is wrong
 */
export function writePath(pieces: Piece[]): string {
  const path = joinPieces(pieces, (value) => {
    const text = toText(value);
    if (text === "") throw new Error("a value in the path is empty, which would lead to another resource");
    return encodeURIComponent(text);
  });
  if (/[?#]/.test(path)) throw new Error("the path may not hold ? or #; query parameters have their own fields");
  if (/[\\\p{Cc}]/u.test(path)) throw new Error("the path may not hold backslashes, line breaks or control characters");
  if (path !== "" && !path.startsWith("/")) throw new Error("the path must begin with /");
  if (path.split("/").some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) {
    throw new Error("the path may not hold the segments . and ..");
  }
  return path;
}

/**
 * A header value (RFC 9110 section 5.5).
 * @throws Error when it would end the header, or holds characters that a header can't
 */
export function writeHeaderValue(pieces: Piece[]): string {
  const value = joinPieces(pieces, toText);
  if (/[\r\n]/.test(value)) throw new Error("the value holds a line break, which would begin another header");
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new Error("the value holds control characters or characters outside Latin-1");
  }
  return value.trim();
}
