import { singleton } from "#lib/platform/env/singleton.ts";
import { decodeRuns } from "./decoding/runs.ts";
import { unescapeText } from "./decoding/unescape.ts";

/** What stands in the place of a secret. */
export const removed = "[removed]";

/** What was sent and must not be kept where it came back, ready to be searched for. */
export type SentSecrets = {
  /** Searched for as a whole only; as all texts here, each byte a character. */
  wholes: readonly string[];
  /** Which hashes of `sampleLength` bytes occur in a part. */
  samples: Uint8Array;
  /** Whether `partLength` bytes are a part. */
  isPart: (bytes: string) => boolean;
  /** What can be an encoded secret in a decoded text: all of it, or for secrets of printable ASCII, only such. */
  encoded: RegExp;
};

/** Parts of a secret from this length on are removed. */
const partLength = 8;
/** Every part contains one sample that starts at a multiple of `partLength - sampleLength + 1`. */
const sampleLength = 4;
const stride = partLength - sampleLength + 1;
/** Shorter secrets would only blot out the text; they are in headers and fields that are removed by name. */
const leastLength = 4;
/** Encodings of encodings are followed this deep; escapes count by themselves. */
const maxDepth = 2;
/** Texts are searched in chunks, which overlap by more than a part takes in any encoding. */
const chunkLength = 64 * 1024;
const overlap = 512;
/** Most texts hold none of it. So many lookups are made before all parts are listed, which takes longer. */
const plainLookups = 64;

/** Decoding what isn't encoded gives bytes at random, of which 9 in a row are rarely printable. A part with an escape has 9. */
const printable = /[\t\r\n\x20-\x7e]{9,}/g;
const everything = /.+/gs;

export const nothingSent: SentSecrets = {
  wholes: [],
  samples: new Uint8Array(0),
  isPart: () => false,
  encoded: everything,
};

type Options = {
  /** More secrets, for texts with words of Sallyport's own: parts of what people choose might be among these. */
  whole?: readonly string[];
  /** What is no secret, such as the client ID: its parts are kept. */
  shown?: string;
};

/** How many tokens and passwords are kept ready to be searched for, 64 KiB each. */
const maxCompiled = 64;
const getCompiled = () => singleton("redaction.compiled", () => new Map<string, SentSecrets>());

/** Prepares the search for secrets. Those that are sent again and again are prepared once. */
export function compileSecrets(secrets: readonly string[], options?: Options): SentSecrets {
  if (options) return compile(secrets, options);
  const compiled = getCompiled();
  const key = JSON.stringify(secrets);
  const sent = compiled.get(key) ?? compile(secrets, {});
  // The one that was used last is at the end.
  compiled.delete(key);
  compiled.set(key, sent);
  if (compiled.size > maxCompiled) compiled.delete(compiled.keys().next().value!);
  return sent;
}

function compile(secrets: readonly string[], { whole = [], shown = "" }: Options): SentSecrets {
  const forms = toForms(secrets);
  const wholes = [...forms.filter((form) => form.length < partLength).flatMap(encodeWhole), ...toForms(whole)];
  if (forms.length === 0 && wholes.length === 0) return nothingSent;
  const samples = new Uint8Array(1 << 16);
  for (const form of forms) {
    for (let start = 0; start + sampleLength <= form.length; start++) samples[hashAt(form, start)] = 1;
  }
  const isPrintable = wholes.length === 0 && forms.every((form) => /^[\x20-\x7e]*$/.test(form));
  const encoded = isPrintable ? printable : everything;
  return { wholes, samples, isPart: createLookup(forms, toBytes(shown)), encoded };
}

function toForms(secrets: readonly string[]): string[] {
  return secrets
    .flatMap((secret) => (secret.includes(" ") ? [secret, secret.replaceAll(" ", "+")] : [secret]))
    .map(toBytes)
    .filter((form) => form.length >= leastLength);
}

/** A secret that is too short for a part, as it is and in the encodings of it alone. */
function encodeWhole(form: string): string[] {
  const bytes = Buffer.from(form, "latin1");
  const hex = bytes.toString("hex");
  return [form, bytes.toString("base64").replace(/=+$/, ""), bytes.toString("base64url"), hex, hex.toUpperCase()];
}

function createLookup(forms: readonly string[], shown: string): SentSecrets["isPart"] {
  let lookups = 0;
  let parts: Set<string> | null = null;
  return (bytes) => {
    lookups += 1;
    if (lookups > plainLookups) parts ??= listParts(forms);
    const isPart = parts ? parts.has(bytes) : forms.some((form) => form.includes(bytes));
    return isPart && !shown.includes(bytes);
  };
}

function listParts(forms: readonly string[]): Set<string> {
  const parts = new Set<string>();
  for (const form of forms) {
    for (let start = 0; start + partLength <= form.length; start++) parts.add(form.slice(start, start + partLength));
  }
  return parts;
}

/**
 * Removes secrets from a text that came back, in time that grows with its length only. It finds whole secrets and parts of 8 bytes or
 * more: as they are, in base64, base64url, hex, percent-encoded, escaped for JSON or HTML, and in combinations of these.
 */
export function removeEchoes(text: string, sent: SentSecrets): string {
  if (sent === nothingSent) return text;
  const bytes = toBytes(text);
  if (bytes.length < leastLength) return text;
  const mask = new Uint8Array(bytes.length);
  let found = false;
  for (let start = 0; start === 0 || start + overlap < bytes.length; start += chunkLength - overlap) {
    search(bytes.slice(start, start + chunkLength), sent, maxDepth, (from, to) => {
      mask.fill(1, start + from, start + to);
      found = true;
    });
  }
  return found ? withoutMasked(bytes, mask, bytes.length !== text.length) : text;
}

type Report = (from: number, to: number) => void;

/** Searches a text, what its escapes stand for, and what its runs of base64 and hex decode to. */
function search(bytes: string, sent: SentSecrets, depth: number, report: Report): void {
  searchPlain(bytes, sent, report);
  searchEncoded(bytes, sent, depth, report);
}

function searchEncoded(bytes: string, sent: SentSecrets, depth: number, report: Report): void {
  const plain = unescapeText(bytes);
  const inPlain: Report = plain ? (from, to) => report(plain.starts[from]!, plain.ends[to - 1]!) : report;
  if (plain) searchPlain(plain.text, sent, inPlain);
  if (depth === 0) return;
  for (const { text, locate } of decodeRuns(plain?.text ?? bytes)) {
    const inText: Report = (from, to) => inPlain(...locate(from, to));
    searchPlain(text, sent, inText);
    for (const { 0: encoded, index } of text.matchAll(sent.encoded)) {
      searchEncoded(encoded, sent, depth - 1, (from, to) => inText(index + from, index + to));
    }
  }
}

function searchPlain(bytes: string, { wholes, samples, isPart }: SentSecrets, report: Report): void {
  for (const secret of wholes) {
    for (let at = bytes.indexOf(secret); at !== -1; at = bytes.indexOf(secret, at + secret.length)) {
      report(at, at + secret.length);
    }
  }
  let from = -1;
  let to = -1;
  for (let at = 0; at + sampleLength <= bytes.length; at += stride) {
    if (samples[hashAt(bytes, at)] === 0) continue;
    const last = Math.min(at, bytes.length - partLength);
    for (let start = Math.max(0, at - stride + 1); start <= last; start++) {
      if (!isPart(bytes.slice(start, start + partLength))) continue;
      if (start > to) {
        if (to !== -1) report(from, to);
        from = start;
      }
      to = start + partLength;
    }
  }
  if (to !== -1) report(from, to);
}

function hashAt(bytes: string, at: number): number {
  const low = bytes.charCodeAt(at) | (bytes.charCodeAt(at + 1) << 8);
  const high = bytes.charCodeAt(at + 2) | (bytes.charCodeAt(at + 3) << 8);
  return (low ^ Math.imul(high, 0x9e3b)) & 0xffff;
}

/** UTF-8, each byte a character: what encodings encode. */
function toBytes(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

function withoutMasked(bytes: string, mask: Uint8Array, isUtf8: boolean): string {
  const toText = (from: number, to: number) =>
    isUtf8 ? Buffer.from(bytes.slice(from, to), "latin1").toString("utf8") : bytes.slice(from, to);
  let text = "";
  let at = 0;
  while (at < mask.length) {
    const from = mask.indexOf(1, at);
    if (from === -1) break;
    const end = mask.indexOf(0, from);
    text += toText(at, from) + removed;
    at = end === -1 ? mask.length : end;
  }
  return text + toText(at, mask.length);
}
