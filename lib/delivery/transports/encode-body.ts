import { AppError } from "#lib/platform/errors/app-error.ts";

/** Writes a text in a charset; null for a character that the charset doesn't have. */
type Encoder = (text: string) => Uint8Array | null;

/** Charsets whose characters take several bytes, which no encoder of Node writes. */
const severalBytes = /^(gb|big5|euc-|iso-2022|shift_jis|replacement|utf-16|x-user-defined)/;

/**
 * Checks that a body can be sent in the charset that its media type declares.
 * @throws Error that says which charset can't be written
 */
export function requireCharset(contentType: string): void {
  const charset = charsetOf(contentType);
  if (charset !== null && findEncoder(charset) === null) {
    throw new Error(`Sallyport can't send the charset ${charset.slice(0, 40)}. Use utf-8, or leave out the charset`);
  }
}

/**
 * Encodes a body in the charset that its Content-Type declares, or else in UTF-8.
 * @throws AppError `invalid_input` at `request.body` or `request.headers`
 */
export function encodeBody(body: string, headers: readonly [string, string][]): string | Uint8Array {
  const charset = charsetOf(headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "");
  if (charset === null || /^utf-?8$/i.test(charset)) return body;
  const encode = findEncoder(charset);
  if (!encode) throw refused("request.headers", `Sallyport can't send the charset ${charset.slice(0, 40)}. Use utf-8.`);
  const bytes = encode(body);
  if (!bytes) {
    throw refused("request.body", `The body has a character that the charset ${charset} doesn't have. Use utf-8.`);
  }
  return bytes;
}

function refused(field: string, message: string): AppError {
  return new AppError("invalid_input", message, { fields: [{ field, message }] });
}

function charsetOf(contentType: string): string | null {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? null;
}

function findEncoder(charset: string): Encoder | null {
  const label = charset.toLowerCase();
  if (/^(utf-?8)$/.test(label)) return (text) => Buffer.from(text, "utf8");
  if (/^(us-)?ascii$/.test(label)) return (text) => (/^[\0-\x7f]*$/.test(text) ? Buffer.from(text, "latin1") : null);
  if (/^(iso-?8859-?1|latin-?1)$/.test(label)) {
    return (text) => (/^[\0-\xff]*$/.test(text) ? Buffer.from(text, "latin1") : null);
  }
  if (label === "utf-16le") return (text) => Buffer.from(text, "utf16le");
  return createSingleByteEncoder(label);
}

/** Inverts the decoder of a charset whose characters take one byte each. */
function createSingleByteEncoder(label: string): Encoder | null {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(label);
  } catch {
    return null;
  }
  if (severalBytes.test(decoder.encoding)) return null;
  const bytes = new Map<string, number>();
  for (let byte = 0; byte < 256; byte++) bytes.set(decoder.decode(Uint8Array.of(byte)), byte);
  return (text) => {
    const encoded = Array.from(text, (char) => (char === "\ufffd" ? undefined : bytes.get(char)));
    return encoded.includes(undefined) ? null : Uint8Array.from(encoded as number[]);
  };
}
