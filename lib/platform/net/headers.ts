import { invalidInput } from "#lib/platform/errors/app-error.ts";

/** Belong to one connection, not to the message (RFC 9110 section 7.6.1), or are set from the body and the proxy settings. */
const ownHeaders = new Set([
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
const tokenCharacters = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what RFC 9110 section 5.5 forbids in a field value
const forbiddenInValue = /[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/;

/**
 * Headers as undici takes them (name, value, name, value …): without those that belong to the connection, and with
 * `accept-encoding: identity` unless the caller asks for another.
 * @throws AppError `invalid_input` for a name or value that HTTP can't carry; it names the header, never its value.
 */
export function prepareHeaders(headers: readonly [string, string][]): string[] {
  const flat: string[] = [];
  let asksEncoding = false;
  headers.forEach(([name, value], index) => {
    const lower = name.toLowerCase();
    if (!tokenCharacters.test(name)) {
      throw invalidInput([
        { field: `headers.${index}.name`, message: `"${name}" is not a name that a header can have.` },
      ]);
    }
    if (forbiddenInValue.test(value)) {
      throw invalidInput([
        {
          field: `headers.${index}.value`,
          message: `The value of ${name} has a line break or another character that a header can't carry.`,
        },
      ]);
    }
    if (ownHeaders.has(lower)) return;
    if (lower === "accept-encoding") asksEncoding = true;
    flat.push(name, value);
  });
  if (!asksEncoding) flat.push("accept-encoding", "identity");
  return flat;
}

/** undici's raw headers as pairs, names in lower case. */
export function pairHeaders(raw: readonly (string | Buffer)[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    pairs.push([text(raw[index]!).toLowerCase(), text(raw[index + 1]!)]);
  }
  return pairs;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** UTF-8, as servers write names and URLs today, or else Latin-1 (RFC 9110 section 5.5). */
function text(value: string | Buffer): string {
  const plain = typeof value === "string" ? value : value.toString("latin1");
  if (!/[\x80-\xff]/.test(plain)) return plain;
  try {
    return utf8.decode(Buffer.from(plain, "latin1"));
  } catch {
    return plain;
  }
}

/** All values of a header in lower case. */
export function listHeader(headers: readonly [string, string][], name: string): string[] {
  return headers.filter(([known]) => known === name).map(([, value]) => value);
}

/** The first value of a header in lower case, or null. */
export function findHeader(headers: readonly [string, string][], name: string): string | null {
  return headers.find(([known]) => known === name)?.[1] ?? null;
}
