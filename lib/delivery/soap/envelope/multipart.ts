/** A part of a multipart body. Header names are in lower case. */
export type Part = { headers: Map<string, string>; body: Buffer };

/** A parameter of a media type (RFC 2045 section 5.1), unquoted; null when it is not there. */
export function parameterOf(mediaType: string, name: string): string | null {
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^;\\s]+))`, "i").exec(mediaType);
  return match ? (match[1] ?? match[2] ?? null) : null;
}

/** At most this many parts are read. */
const maxParts = 1000;

/**
 * The parts of a multipart body (RFC 2046 section 5.1.1), without decoding them. Null when the boundary is not named or never comes.
 */
export function splitParts(body: Buffer, mediaType: string): Part[] | null {
  const boundary = parameterOf(mediaType, "boundary");
  if (!boundary) return null;
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  let start = body.indexOf(delimiter);
  if (start === -1) return null;
  while (parts.length < maxParts) {
    const from = start + delimiter.length;
    if (body.subarray(from, from + 2).toString("latin1") === "--") break;
    const end = body.indexOf(delimiter, from);
    if (end === -1) break;
    parts.push(readPart(body.subarray(from, end)));
    start = end;
  }
  return parts.length === 0 ? null : parts;
}

/** Between two delimiters: the rest of a line, headers, an empty line, the content, and the line break before the next one. */
function readPart(bytes: Buffer): Part {
  const headers = new Map<string, string>();
  const blank = /\r?\n\r?\n/.exec(bytes.subarray(0, 64 * 1024).toString("latin1"));
  if (!blank) return { headers, body: bytes };
  const head = bytes.subarray(0, blank.index).toString("latin1");
  for (const line of head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const content = bytes.subarray(blank.index + blank[0].length);
  const last = content.at(-1) === 10 ? (content.at(-2) === 13 ? 2 : 1) : 0;
  return { headers, body: content.subarray(0, content.length - last) };
}
