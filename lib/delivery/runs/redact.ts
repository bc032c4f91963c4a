import type { Header } from "#lib/delivery/transports/definition.ts";
import type { HttpAnswer } from "#lib/delivery/transports/send.ts";
import type { RunRequest, RunRequestReceipt, RunResponseReceipt } from "./model.ts";

/** How much of a body a receipt keeps, in characters. */
export const maxBodyLength = 64 * 1024;

export const removed = "[removed]";

const secretHeader =
  /^(proxy-)?authorization$|cookie|api-?key|apikey|subscription-key|functions-key|access-?key|secret|passw|token|credential|signature|^x-auth/i;
const secretField =
  "client_?secret|client_?assertion|assertion|passwd|password|pwd|token|access_?token|refresh_?token|id_?token|api_?key|secret|authorization|code_?verifier|binarysecuritytoken|binarysecret";
const jsonField = new RegExp(
  `("(?:${secretField})"\\s*:\\s*)(?:"(?:[^"\\\\]|\\\\.)*(?:"|\\\\?$)|[^\\s",\\[\\]{}]+)`,
  "gi",
);
/** JSON inside a JSON string, as services that echo a request answer it. */
const nestedJsonField = new RegExp(
  `(\\\\"(?:${secretField})\\\\"\\s*:\\s*)\\\\"(?:\\\\\\\\\\\\.|\\\\(?!")|[^"\\\\])*(?:\\\\"|$)`,
  "gi",
);
const formField = new RegExp(`(^|[?&;\\s"])((?:${secretField})=)([^&\\s#"]+)`, "gi");
const urlField = new RegExp(`([?&;])((?:${secretField}|key|sig|signature|code)=)([^&\\s#]+)`, "gi");
const xmlField = new RegExp(`(<(?:[\\w-]+:)?(?:${secretField})(?:\\s[^<>]*)?>)([^<]+)`, "gi");

/**
 * The secrets of a run that must not be in its receipt, in every form in which a service may echo them: as they are,
 * URL-encoded, and escaped for JSON.
 */
export function secretForms(secrets: readonly string[]): string[] {
  // Shorter ones would only blot out the receipt; they stand in headers and fields that are removed by name.
  const forms = secrets
    .filter((secret) => secret.length >= 4)
    .flatMap((secret) => {
      if (/^[\w.~-]+$/.test(secret)) return [secret];
      return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...xmlForms(secret)];
    });
  // The longer ones first: a secret may hold another one.
  return [...new Set(forms)].sort((one, other) => other.length - one.length);
}

/** Escaped for XML: always `&` and `<`, the rest as the writer likes. */
function xmlForms(secret: string): string[] {
  const least = secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const text = least.replaceAll(">", "&gt;");
  const attribute = text.replaceAll('"', "&quot;");
  return [least, text, attribute, attribute.replaceAll("'", "&apos;"), attribute.replaceAll("'", "&#39;")];
}

/** What a receipt shows of a request that was, or would have been, sent. */
export function redactRequest(request: RunRequest, forms: readonly string[]): RunRequestReceipt {
  return {
    method: request.method,
    url: redactUrl(request.url, forms),
    headers: redactHeaders(request.headers, forms),
    ...redactBody(request.body ?? "", request.body === null ? 0 : Buffer.byteLength(request.body), forms),
  };
}

/** What a receipt shows of an answer. A body that is not text is named, not kept. */
export function redactResponse(answer: HttpAnswer, forms: readonly string[]): RunResponseReceipt {
  const type = answer.headers.find(([name]) => name === "content-type")?.[1] ?? "";
  const encoding = answer.headers.find(([name]) => name === "content-encoding")?.[1];
  const longest = forms[0]?.length ?? 0;
  // Cut before decoding: four bytes are enough for any character.
  const bytes = answer.body.subarray(0, (maxBodyLength + longest) * 4);
  const decoded = mayBeText(type) ? decodeText(bytes, type) : null;
  // A content coding that was undone isn't in the headers anymore; another one may be stated for plain text.
  const text = encoding && decoded !== null && /\p{Cc}/u.test(decoded.replace(/[\t\r\n]/g, "")) ? null : decoded;
  return {
    status: answer.status,
    headers: redactHeaders(answer.headers, forms),
    ...(text === null
      ? { body: nameBinary(answer.body.length, encoding ?? type), bodyBytes: answer.body.length }
      : redactBody(text, answer.body.length, forms)),
    redirectedTo: answer.redirectedTo === null ? null : redactUrl(answer.redirectedTo, forms),
  };
}

function redactHeaders(headers: readonly [string, string][], forms: readonly string[]): Header[] {
  return headers.map(([name, value]) => ({ name, value: storable(redactHeader(name, value, forms)) }));
}

function redactHeader(name: string, value: string, forms: readonly string[]): string {
  if (isSecretHeader(name)) {
    const scheme = /^(proxy-)?authorization$/i.test(name) ? /^(Bearer|Basic|Digest) /i.exec(value)?.[0] : "";
    return `${scheme ?? ""}${removed}`;
  }
  return removeForms(value, forms).replace(urlField, `$1$2${removed}`);
}

const knownHeaders = new Map<string, boolean>();

/** Services use the same few names again and again; the answer is kept for some of them. */
function isSecretHeader(name: string): boolean {
  const known = knownHeaders.get(name);
  if (known !== undefined) return known;
  const isSecret = secretHeader.test(name);
  if (knownHeaders.size < 1000) knownHeaders.set(name, isSecret);
  return isSecret;
}

function redactUrl(url: string, forms: readonly string[]): string {
  return storable(removeForms(url, forms).replace(urlField, `$1$2${removed}`));
}

function redactBody(text: string, bodyBytes: number, forms: readonly string[]): { body: string; bodyBytes: number } {
  const longest = forms[0]?.length ?? 0;
  const window = text.slice(0, maxBodyLength + longest);
  const cleaned = removeFields(removeForms(window, forms));
  // The end of a cut window may hold the beginning of a secret.
  const end = window.length < text.length ? Math.max(0, cleaned.length - longest) : cleaned.length;
  return { body: storable(cleaned.slice(0, Math.min(end, maxBodyLength))), bodyBytes };
}

/** A text of an answer as a receipt shows it: without the secrets and what stands in fields for secrets, cut. */
export function redactText(text: string, forms: readonly string[]): string {
  return redactBody(text, 0, forms).body;
}

const secretName = new RegExp(`^(?:[\\w-]+:)?@?(?:${secretField})$`, "i");

/** The same for data. A field for secrets keeps its name only. */
export function redactJson(value: unknown, forms: readonly string[]): unknown {
  if (typeof value === "string") return storable(removeForms(value, forms));
  if (Array.isArray(value)) return value.map((item) => redactJson(item, forms));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      storable(removeForms(name, forms)),
      secretName.test(name) && (typeof member !== "object" || member === null) ? removed : redactJson(member, forms),
    ]),
  );
}

/** A text without the secrets. */
export function removeForms(text: string, forms: readonly string[]): string {
  let cleaned = text;
  for (const form of forms) if (cleaned.includes(form)) cleaned = cleaned.replaceAll(form, removed);
  return cleaned;
}

function removeFields(text: string): string {
  if (text.length < 4) return text;
  let cleaned = text;
  if (text.includes(":")) {
    cleaned = cleaned.replace(jsonField, `$1"${removed}"`);
    if (text.includes('\\"')) cleaned = cleaned.replace(nestedJsonField, `$1\\"${removed}\\"`);
  }
  if (text.includes("=")) cleaned = cleaned.replace(formField, `$1$2${removed}`);
  return text.includes("<") ? cleaned.replace(xmlField, `$1${removed}`) : cleaned;
}

/** Postgres' jsonb holds neither NUL nor half a surrogate pair. */
function storable(text: string): string {
  return (text.includes("\0") ? text.replaceAll("\0", "\ufffd") : text).toWellFormed();
}

function mayBeText(type: string): boolean {
  return !/^(image|audio|video|font)\/(?!svg)|octet-stream|zip|pdf|msword|officedocument|protobuf|x-tar/i.test(type);
}

/** Text in UTF-8 or, if the media type says so, Latin-1; null when it is neither. */
function decodeText(bytes: Buffer, type: string): string | null {
  if (/charset="?(iso-8859-1|latin1|windows-1252|us-ascii)/i.test(type)) return bytes.toString("latin1");
  const text = bytes.toString("utf8");
  if (!text.includes("\ufffd")) return text;
  // A few broken characters are shown as such (the cut makes one, too); many mean that it is no text.
  const broken = text.split("\ufffd").length - 1;
  return broken > Math.max(3, text.length / 100) ? null : text;
}

function nameBinary(bytes: number, type: string): string {
  return bytes === 0 ? "" : `[${type || "binary"}, ${bytes} bytes, not kept]`;
}
