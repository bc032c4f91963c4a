import { findHeader } from "#lib/platform/net/headers.ts";

export type Members = Record<string, unknown>;

/** The body of a response of a token endpoint. `value` has its members, whatever the format; XML's are its leaves. */
export type ResponseBody =
  | { format: "json"; value: unknown }
  | { format: "form" | "xml"; value: Members }
  | { format: "html"; title: string }
  | { format: "text"; text: string }
  | { format: "empty" };

/** Reads a body by what it looks like: many token endpoints declare another type than they send. */
export function readBody(headers: readonly [string, string][], bytes: Uint8Array): ResponseBody {
  const text = decodeText(bytes).trim();
  if (text === "") return { format: "empty" };
  const json = parseJson(text);
  if (json !== undefined) return { format: "json", value: json };
  if (/^(<!doctype html|<html|<head|<body)/i.test(text)) return { format: "html", title: readTitle(text) };
  if (text.startsWith("<")) return { format: "xml", value: readLeaves(text) };
  const type = findHeader(headers, "content-type") ?? "";
  if (isForm(text, type)) return { format: "form", value: group(new URLSearchParams(text)) };
  return { format: "text", text };
}

/** Returns the members of an object, a form, or an XML document; null if the body has none. */
export function membersOf(body: ResponseBody): Members | null {
  return "value" in body && isObject(body.value) ? body.value : null;
}

export function isObject(value: unknown): value is Members {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Decodes UTF-8, which JSON always is (RFC 8259 section 8.1), or else Windows-1252, which incorrect servers send. */
function decodeText(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return new TextDecoder("windows-1252").decode(body);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isForm(text: string, type: string): boolean {
  if (!/^[^=&\s]+=[^\s<>]*$/.test(text)) return false;
  return /x-www-form-urlencoded/i.test(type) || /(^|&)(access_token|error)=/.test(text);
}

function readTitle(text: string): string {
  // Nothing inside the tag may begin another one, or a page full of them would take quadratic time.
  return decodeEntities(/<title(?:\s[^<>]*)?>([^<]{1,200})/i.exec(text)?.[1] ?? "");
}

/** Reads the elements that contain only text, by their local names. */
function readLeaves(text: string): Members {
  const leaves = text.matchAll(/<(?:[\w.-]{1,100}:)?([A-Za-z_][\w.-]{0,100})(?:\s[^<>]*)?>([^<>]*)<\//g);
  return group([...leaves].map(([, name = "", value = ""]) => [name, decodeEntities(value).trim()]));
}

const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
function decodeEntities(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => entities[name]!);
}

/** Collects pairs as members; a name that repeats has a list. */
function group(pairs: Iterable<[string, string]>): Members {
  const members = new Map<string, string | string[]>();
  for (const [name, value] of pairs) {
    const before = members.get(name);
    members.set(name, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(members);
}
