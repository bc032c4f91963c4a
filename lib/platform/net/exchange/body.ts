import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from "node:zlib";
import type { Dispatcher } from "undici";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { findHeader } from "../headers.ts";
import { codeOf } from "./error-code.ts";

type Headers = [string, string][];

function tooLarge(host: string, limit: number): AppError {
  return new AppError("response_too_large", `The answer of ${host} is larger than ${limit} bytes.`, {
    hint: "Raise the limit if the answer is meant to be that large.",
  });
}

/** Whether a response has no body, whatever its headers say (RFC 9112 section 6.3 rule 1). */
function lacksBody(method: string, status: number): boolean {
  return method === "HEAD" || status === 204 || status === 304;
}

/**
 * Reads a body up to `limit` bytes, then gives up the connection.
 * @param chunks filled with what arrives, also if the body breaks off.
 * @throws AppError `response_too_large`
 */
export async function readBody(
  { body, statusCode }: Pick<Dispatcher.ResponseData, "body" | "statusCode">,
  { method, headers, limit, host }: { method: string; headers: Headers; limit: number; host: string },
  chunks: Buffer[],
): Promise<void> {
  const declared = Number(findHeader(headers, "content-length") ?? Number.NaN);
  if (declared > limit && !lacksBody(method, statusCode)) {
    body.on("error", () => undefined).destroy();
    throw tooLarge(host, limit);
  }
  let size = 0;
  await new Promise<void>((resolve, reject) => {
    body.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) body.destroy(tooLarge(host, limit));
      else chunks.push(chunk);
    });
    body.on("end", resolve);
    body.on("error", reject);
  });
}

type Decoder = (raw: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;
const inflateZlib: Decoder = promisify(inflate);
const inflateBare: Decoder = promisify(inflateRaw);

const decoders: Record<string, Decoder> = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  // RFC 9110 section 8.4.1.2: some servers leave out the zlib wrapper.
  deflate: (raw, options) => (((raw[0] ?? 0) & 15) === 8 ? inflateZlib(raw, options) : inflateBare(raw, options)),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
  identity: async (raw) => raw,
};

/** More of them are no answer but an attack. */
const maxCodings = 4;

/**
 * Undoes content codings (sent although identity was requested) within the same limit, and removes what it undid from
 * `content-encoding`. A coding that is unknown or can't be undone leaves the body as it is: the service has acted.
 * @throws AppError `response_too_large` for a bomb
 */
export async function decodeBody(
  raw: Buffer,
  headers: Headers,
  limit: number,
  host: string,
): Promise<{ headers: Headers; body: Buffer }> {
  const given = headers.filter(([name]) => name === "content-encoding").map(([, value]) => value);
  if (given.length === 0 || raw.length === 0) return { headers, body: raw };
  const codings = given
    .join(",")
    .split(",")
    .map((coding) => coding.trim())
    .filter(Boolean);
  if (codings.length > maxCodings) return { headers, body: raw };
  let body = raw;
  // The last one was applied last (RFC 9110 section 8.4).
  for (let coding = codings.at(-1); coding !== undefined; coding = codings.at(-1)) {
    const name = coding.toLowerCase();
    const decode = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
    if (!decode) break;
    try {
      body = await decode(body, { maxOutputLength: Math.max(limit, 1) });
    } catch (cause) {
      if (codeOf(cause) === "ERR_BUFFER_TOO_LARGE") throw tooLarge(host, limit);
      break;
    }
    codings.pop();
  }
  const others = headers.filter(([name]) => name !== "content-encoding");
  return { headers: codings.length === 0 ? others : [...others, ["content-encoding", codings.join(", ")]], body };
}
