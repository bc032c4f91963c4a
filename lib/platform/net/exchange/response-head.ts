/** Says what is wrong with a response, as the end of a sentence that begins with the server's name. */
export class ResponseFault extends Error {
  readonly hint: string;
  /** Null when the response has no usable status line. */
  readonly status: number | null;

  constructor(reason: string, hint: string, status: number | null = null) {
    super(reason);
    this.name = "ResponseFault";
    this.hint = hint;
    this.status = status;
  }
}

/** A head as the parser can read it: `text` is null for an interim response, which is ignored. */
type ResponseHead = { status: number; text: string | null };

type Field = { name: string; value: string };

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 9110 section 5.5 lets recipients replace them with spaces
const controls = /[\0-\x08\x0a-\x1f\x7f]/g;
const malformedHint = "The server or a proxy in between sends malformed responses. Report this to its operator.";

/**
 * Reads the head of a response, from the status line to the empty line, and rewrites what RFC 9112 lets a client tolerate: LF as
 * line end, folded lines, spaces before a colon, control characters, repeated lengths, and lengths next to Transfer-Encoding.
 * @param method of the request: a response to HEAD has no body.
 * @throws ResponseFault
 */
export function readHead(original: string, method: string): ResponseHead {
  const [statusLine = "", ...lines] = original.replace(/\r?\n\r?\n$/, "").split(/\r?\n/);
  const [, major, minor, code, phrase = ""] = /^HTTP\/(\d+)(?:\.(\d+))? +(\d{3})(?: (.*))?$/.exec(statusLine) ?? [];
  const status = Number(code);
  if (!code || status < 100) {
    throw new ResponseFault("sent a malformed status line", malformedHint);
  }
  if (major !== "1") {
    throw new ResponseFault(
      `answered in HTTP ${major}, although the request is HTTP/1.1`,
      "Check whether the server accepts HTTP/1.1.",
      status,
    );
  }
  if (status === 101) {
    throw new ResponseFault("switched to another protocol without being asked (101)", malformedHint, status);
  }
  if (status < 200) return { status, text: null };
  const hasBody = method !== "HEAD" && status !== 204 && status !== 304;
  const fields = frame(readFields(lines, status), hasBody, status);
  const version = minor === "0" ? "1.0" : "1.1";
  return {
    status,
    text: [
      `HTTP/${version} ${code} ${phrase.replace(controls, " ")}`,
      ...fields.map(({ name, value }) => `${name}: ${value}`),
      "\r\n",
    ].join("\r\n"),
  };
}

function readFields(lines: readonly string[], status: number): Field[] {
  const fields: Field[] = [];
  for (const [index, line] of lines.entries()) {
    const clean = line.replace(controls, " ");
    const previous = fields.at(-1);
    // Obsolete line folding (RFC 9112 section 5.2).
    if (/^[ \t]/.test(clean) && previous) {
      previous.value = `${previous.value} ${clean.trim()}`;
      continue;
    }
    const colon = clean.indexOf(":");
    const name = clean.slice(0, Math.max(colon, 0)).trimEnd();
    if (!token.test(name)) {
      const what = colon === -1 ? "has no colon" : "has an invalid name";
      throw new ResponseFault(`sent malformed headers: line ${index + 1} ${what}`, malformedHint, status);
    }
    fields.push({ name, value: clean.slice(colon + 1).trim() });
  }
  return fields;
}

/** Leaves one way to tell where the body ends (RFC 9112 section 6.3). */
function frame(fields: Field[], hasBody: boolean, status: number): Field[] {
  const codings = listValues(fields, "transfer-encoding").filter((coding) => coding.toLowerCase() !== "identity");
  const lengths = [...new Set(listValues(fields, "content-length"))];
  if (!hasBody) {
    const isUsable = lengths.length <= 1 && lengths.every((length) => /^\d+$/.test(length));
    return reframe(fields, isUsable ? lengths : [], []);
  }
  if (codings.length > 0) {
    const unknown = codings.find((coding) => coding.toLowerCase() !== "chunked");
    if (unknown !== undefined) {
      throw new ResponseFault(
        `uses the Transfer-Encoding ${unknown.slice(0, 40)}, which Sallyport doesn't support`,
        "Sallyport supports only chunked. Configure the server or the proxy in between accordingly.",
        status,
      );
    }
    // The length is ignored, and the connection isn't used again: a sender that contradicts itself can't be trusted with it.
    const closing = lengths.length > 0 ? [{ name: "connection", value: "close" }] : [];
    return [...reframe(fields, [], ["chunked"]), ...closing];
  }
  const [length, other] = lengths;
  if (other !== undefined) {
    throw new ResponseFault(
      `sent different Content-Length values (${lengths.map((each) => each.slice(0, 20)).join(", ")})`,
      malformedHint,
      status,
    );
  }
  if (length !== undefined && !/^\d{1,15}$/.test(length)) {
    throw new ResponseFault(
      `sent the Content-Length "${length.slice(0, 20)}", which isn't a length in bytes`,
      malformedHint,
      status,
    );
  }
  return reframe(fields, lengths, []);
}

function listValues(fields: readonly Field[], name: string): string[] {
  return fields
    .filter((field) => field.name.toLowerCase() === name)
    .flatMap(({ value }) => value.split(","))
    .map((value) => value.trim())
    .filter(Boolean);
}

function reframe(fields: readonly Field[], lengths: string[], codings: string[]): Field[] {
  const rest = { "content-length": [...lengths], "transfer-encoding": [...codings] };
  return fields.flatMap((field) => {
    const name = field.name.toLowerCase();
    if (name !== "content-length" && name !== "transfer-encoding") return [field];
    const value = rest[name].shift();
    return value === undefined ? [] : [{ name: field.name, value }];
  });
}

/** What begins like no HTTP response, by its first bytes; null while it might still become one. */
export function explainForeign(bytes: Buffer): ResponseFault | null {
  const start = bytes.toString("latin1", 0, 64);
  if ("HTTP/".startsWith(start.slice(0, 5))) return null;
  // A SETTINGS frame (RFC 9113 section 6.5) is what a server of HTTP/2 sends first.
  if (bytes.length >= 9 && bytes[0] === 0 && bytes[3] === 4 && bytes.readUInt32BE(5) === 0) {
    return new ResponseFault("accepts only HTTP/2, and Sallyport sends HTTP/1.1", "Have the server accept HTTP/1.1.");
  }
  if (bytes.length < 9 && bytes[0] === 0) return null;
  if (bytes[0] === 0x15 && bytes[1] === 3) {
    return new ResponseFault("requires TLS on that port", "Use https:// in the URL.");
  }
  const [words] = /^[\x20-\x7e]+/.exec(start) ?? [];
  return new ResponseFault(
    `answered with something that isn't HTTP${words ? `: ${words.slice(0, 30).trimEnd()}` : ""}`,
    "Check the port and the scheme of the URL.",
  );
}
