import { ExactNumber } from "#lib/platform/edges/exact-json.ts";
import { countWritten } from "./rendering/limits.ts";
import type { Piece } from "./template.ts";

/** What a body is, which decides how values are escaped in it. Of `unknown` no more is known than its media type. */
export type BodyKind = "json" | "json-lines" | "form" | "xml" | "text" | "unknown";

/** A value as text: a string as it is, nothing for null, objects as JSON. */
export function toText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value.toWellFormed();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Joins the pieces, each value as `escape` makes it. @throws Error beyond the limits of the request */
export function joinPieces(pieces: Piece[], escapeValue: (value: unknown) => string): string {
  let joined = "";
  for (const piece of pieces) {
    const text = "text" in piece ? piece.text : escapeValue(piece.value);
    countWritten(text.length);
    joined += text;
  }
  return joined;
}

/**
 * The body's kind by its media type (RFC 9110 section 8.3); without one by how it begins.
 * @param source the template, or any text of the same beginning.
 */
export function bodyKind(contentType: string | null, source: string): BodyKind {
  if (contentType !== null) {
    const type = contentType.split(";")[0]!.trim().toLowerCase();
    // json, json-rpc, x-amz-json-1.1, geo+json, and texts of several values: ndjson, jsonl, json-seq.
    if (/ndjson|jsonl|json-?lines|json-?seq|stream\+json/.test(type)) return "json-lines";
    if (type.includes("json")) return "json";
    if (/\bxml\b/.test(type)) return "xml";
    if (type === "application/x-www-form-urlencoded") return "form";
    if (isJsonTemplate(source)) return "json";
    return type === "text/plain" ? "text" : "unknown";
  }
  if (/^\s*(\[|\{(?![{%]))/.test(source)) return "json";
  return /^\s*</.test(source) ? "xml" : "text";
}

/** The media type of a body whose template names none. */
export function defaultContentType(kind: BodyKind): string {
  if (kind === "json") return "application/json";
  return kind === "xml" ? "application/xml" : "text/plain; charset=utf-8";
}

/** The pieces of a template in which each output has this value; tags are left out. */
export function samplePieces(source: string, value: unknown): Piece[] {
  return source
    .replace(/\{%[\s\S]*?%\}/g, "")
    .split(/\{\{[\s\S]*?\}\}/)
    .flatMap((text, index) => (index === 0 ? [{ text }] : [{ value }, { text }]));
}

/** Whether a template makes JSON, whatever its media type says. One with tags isn't known to. */
function isJsonTemplate(source: string): boolean {
  if (!/^\s*(\[|\{(?![{%]))/.test(source) || source.includes("{%")) return false;
  return [0, "0"].some((value) => {
    try {
      writeJson(samplePieces(source, value), false);
      return true;
    } catch {
      return false;
    }
  });
}

/** Escapes each value for its place in a body. @throws Error that says what can't be written there */
export function writeBody(pieces: Piece[], kind: BodyKind): string {
  if (kind === "json" || kind === "json-lines") return writeJson(pieces, kind === "json-lines");
  if (kind === "form") return writeForm(pieces);
  if (kind === "xml") return joinPieces(pieces, (value) => escapeXml(toText(value)));
  if (kind === "unknown") refuseQuotedValues(pieces);
  return joinPieces(pieces, toText);
}

/** In quotes, a value needs escaping, and how depends on the format. */
function refuseQuotedValues(pieces: Piece[]): void {
  let isInQuotes = false;
  let last = "";
  for (const [index, piece] of pieces.entries()) {
    if ("text" in piece) {
      if (piece.text.split('"').length % 2 === 0) isInQuotes = !isInQuotes;
      last = piece.text.at(-1) ?? last;
      continue;
    }
    const next = pieces[index + 1];
    const after = next && "text" in next ? next.text : "";
    const isQuoted = isInQuotes || (last === "'" && after.startsWith("'"));
    if (!isQuoted) continue;
    throw new Error(
      "Sallyport doesn't know how to escape a value inside quotes for this Content-Type. Enter a Content-Type of JSON, XML, or a form, enter text/plain to send values as they are, or write {{variables.name | json}} without quotes around it",
    );
  }
}

/**
 * The texts that a parameter has: one, or one for each item of a value that is a list.
 * @throws Error for a list inside other text
 */
export function listTexts(pieces: Piece[]): string[] {
  const filled = pieces.filter((piece) => !("text" in piece && piece.text === ""));
  const [only] = filled;
  if (filled.length === 1 && only && "value" in only && Array.isArray(only.value)) return only.value.map(toText);
  if (filled.some((piece) => "value" in piece && Array.isArray(piece.value))) {
    throw new Error("a list must be the whole value of a parameter, which is then repeated for each item");
  }
  return [joinPieces(pieces, toText)];
}

/** A form (URL Standard, application/x-www-form-urlencoded); a list repeats its field. */
function writeForm(pieces: Piece[]): string {
  const written: string[] = [];
  /** What follows the last `&`, as far as it's needed to know a field's name. */
  let last = "";
  const write = (text: string) => {
    countWritten(text.length);
    written.push(text);
    const at = text.lastIndexOf("&");
    last = at === -1 ? last + text : text.slice(at + 1);
  };
  for (const [index, piece] of pieces.entries()) {
    if ("text" in piece) write(piece.text);
    else if (!Array.isArray(piece.value)) write(encodeURIComponent(toText(piece.value)));
    else {
      const next = pieces[index + 1];
      const start = /^\s*([^&=]*=)$/.exec(last)?.[1];
      if (start === undefined || !/^\s*(&|$)/.test(next && "text" in next ? next.text : "")) {
        throw new Error("a list must be the whole value of a field, which is then repeated for each item");
      }
      // The field's name was written; an empty list has no field.
      if (piece.value.length === 0) removeEnd(written, start.length);
      for (const [at, item] of piece.value.entries()) {
        write(`${at === 0 ? "" : `&${start}`}${encodeURIComponent(toText(item))}`);
      }
    }
  }
  return written.join("");
}

/** Removes characters at the end of texts. */
function removeEnd(texts: string[], length: number): void {
  for (let left = length; left > 0; ) {
    const text = texts.pop()!;
    if (text.length > left) texts.push(text.slice(0, -left));
    left -= text.length;
  }
}

/**
 * JSON (RFC 8259): inside a string literal a value becomes the content of a string, elsewhere a whole JSON value. Where it
 * stands is read from the text before it, so `{% if %}` and `{% for %}` make no difference.
 */
function writeJson(pieces: Piece[], isLines: boolean): string {
  let json = "";
  let inString = false;
  for (const piece of pieces) {
    if ("text" in piece) {
      const scanned = scanJson(piece.text, inString);
      if (scanned.endsInEscape) throw new Error("a variable stands right after a backslash");
      inString = scanned.inString;
    }
    const value = "text" in piece ? piece.text : inString ? quote(toText(piece.value)) : toJson(piece.value);
    countWritten(value.length);
    json += value;
  }
  try {
    // RFC 7464 begins each text of a sequence with a record separator.
    const texts = isLines
      ? json
          .replaceAll("\x1e", "\n")
          .split("\n")
          .filter((line) => line.trim() !== "")
      : [json];
    for (const text of texts) JSON.parse(text);
  } catch (cause) {
    throw new Error(`the body is not valid JSON (${(cause as Error).message})`, { cause });
  }
  return json;
}

/** Whether a place in a JSON text is inside a string literal, by the text before it. */
export function isInsideJsonString(before: string): boolean {
  return scanJson(before, false).inString;
}

const quote = (text: string): string => JSON.stringify(text).slice(1, -1);

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
 * which would lead to another resource, are refused, and so are lists and objects.
 * @throws Error that says what is wrong
 */
export function writePath(pieces: Piece[]): string {
  const path = joinPieces(pieces, (value) => {
    if (typeof value === "object" && value !== null && !(value instanceof ExactNumber)) {
      throw new Error("a value in the path is a list or an object");
    }
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
