import type { Header } from "#lib/delivery/transports/definition.ts";
import type { HttpAnswer } from "#lib/delivery/transports/send.ts";
import { isRegisteredError } from "#lib/oauth/explanations/registered-errors.ts";
import { toStorable } from "#lib/platform/db/storable.ts";
import { secretHeaderNames } from "#lib/platform/header-values/secret-names.ts";
import { removed, removeEchoes, type SentSecrets } from "#lib/platform/redaction/echoes.ts";
import {
  maxBodyLength,
  type RunError,
  type RunRequest,
  type RunRequestReceipt,
  type RunResponseReceipt,
} from "./model.ts";

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

/** What a receipt shows of a request that was, or would have been, sent. */
export function redactRequest(request: RunRequest, sent: SentSecrets): RunRequestReceipt {
  return {
    method: request.method,
    url: redactUrl(request.url, sent),
    headers: redactHeaders(request.headers, sent, request.secretHeaders),
    ...redactBody(request.body ?? "", request.body === null ? 0 : Buffer.byteLength(request.body), sent),
  };
}

/** What a receipt shows of an answer. A body that is not text is named, not kept. */
export function redactResponse(answer: HttpAnswer, sent: SentSecrets): RunResponseReceipt {
  const type = answer.headers.find(([name]) => name === "content-type")?.[1] ?? "";
  const encoding = answer.headers.find(([name]) => name === "content-encoding")?.[1];
  // Cut before decoding: four bytes are enough for any character.
  const bytes = answer.body.subarray(0, maxBodyLength * 4);
  const decoded = mayBeText(type) ? decodeText(bytes, type) : null;
  // A content coding that was undone isn't in the headers anymore; another one may be stated for plain text.
  const text = encoding && decoded !== null && /\p{Cc}/u.test(decoded.replace(/[\t\r\n]/g, "")) ? null : decoded;
  return {
    status: answer.status,
    headers: redactHeaders(answer.headers, sent),
    ...(text === null
      ? { body: nameBinary(answer.body.length, encoding ?? type), bodyBytes: answer.body.length }
      : redactBody(text, answer.body.length, sent)),
    redirectedTo: answer.redirectedTo === null ? null : redactUrl(answer.redirectedTo, sent),
  };
}

function redactHeaders(
  headers: readonly [string, string][],
  sent: SentSecrets,
  secretHeaders: RunRequest["secretHeaders"] = [],
): Header[] {
  const secret = new Set(secretHeaders.map(({ index }) => index));
  return headers.map(([name, value], index) => ({
    name: toStorable(removeEchoes(name, sent)),
    value: secret.has(index) ? removed : toStorable(redactHeader(name, value, sent)),
  }));
}

function redactHeader(name: string, value: string, sent: SentSecrets): string {
  if (hasSecretName(name)) {
    const scheme = /^(proxy-)?authorization$/i.test(name) ? /^(Bearer|Basic|Digest) /i.exec(value)?.[0] : "";
    return `${scheme ?? ""}${removed}`;
  }
  return removeEchoes(value, sent).replace(urlField, `$1$2${removed}`);
}

const knownHeaders = new Map<string, boolean>();

/** Services use the same few names again and again; the answer is kept for some of them. */
function hasSecretName(name: string): boolean {
  const known = knownHeaders.get(name);
  if (known !== undefined) return known;
  const isSecret = secretHeaderNames.test(name);
  if (knownHeaders.size < 1000) knownHeaders.set(name, isSecret);
  return isSecret;
}

function redactUrl(url: string, sent: SentSecrets): string {
  return toStorable(removeEchoes(url, sent).replace(urlField, `$1$2${removed}`));
}

function redactBody(text: string, bodyBytes: number, sent: SentSecrets): { body: string; bodyBytes: number } {
  const cleaned = removeFields(removeEchoes(text.slice(0, maxBodyLength), sent));
  return { body: toStorable(cleaned.slice(0, maxBodyLength)), bodyBytes };
}

/** A text of an answer as a receipt shows it: without the secrets and what stands in fields for secrets, cut. */
export function redactText(text: string, sent: SentSecrets): string {
  return redactBody(text, 0, sent).body;
}

const secretName = new RegExp(`^(?:[\\w-]+:)?@?(?:${secretField})$`, "i");

/** The same for data. A field for secrets keeps its name only. */
export function redactJson(value: unknown, sent: SentSecrets): unknown {
  if (typeof value === "string") return toStorable(removeEchoes(value, sent));
  if (Array.isArray(value)) return value.map((item) => redactJson(item, sent));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      toStorable(removeEchoes(name, sent)),
      secretName.test(name) && (typeof member !== "object" || member === null) ? removed : redactJson(member, sent),
    ]),
  );
}

/** An error as a receipt keeps it; it may quote the service or the provider. */
export function redactError(error: RunError, sent: SentSecrets): RunError {
  const { message, hint, providerCode } = error;
  return {
    ...error,
    message: toStorable(removeEchoes(message, sent)),
    hint: hint === null ? null : toStorable(removeEchoes(hint, sent)),
    providerCode:
      providerCode === null || isRegisteredError(providerCode) ? providerCode : removeEchoes(providerCode, sent),
  };
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
