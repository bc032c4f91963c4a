import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import type { Dispatcher } from "undici";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { codeOf } from "./failure.ts";
import { findHeader } from "./headers.ts";

type Headers = [string, string][];

function tooLarge(host: string, limit: number): AppError {
  return new AppError("response_too_large", `The answer of ${host} is larger than ${limit} bytes.`, {
    hint: "Raise the limit if the answer is meant to be that large.",
  });
}

/**
 * Reads a body up to `limit` bytes; past it the connection is given up.
 * @throws AppError `response_too_large`
 */
export async function readBody(
  body: Dispatcher.ResponseData["body"],
  headers: Headers,
  limit: number,
  host: string,
): Promise<Buffer> {
  const declared = Number(findHeader(headers, "content-length") ?? Number.NaN);
  if (declared > limit) {
    body.on("error", () => undefined).destroy();
    throw tooLarge(host, limit);
  }
  // With a declared length the parser itself ends the body there.
  if (declared <= limit) return Buffer.from(await body.arrayBuffer());
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    // Leaving the loop destroys the body.
    if (size > limit) throw tooLarge(host, limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

const decoders: Record<string, (raw: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>> = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/**
 * Undoes a content encoding (sent although identity was asked for) within the same limit, and takes `content-encoding`
 * out of the headers then. An encoding that is not known leaves the body as it is.
 * @throws AppError `response_too_large` for a bomb, `connection_failed` for a body that is not what it says.
 */
export async function decodeBody(
  raw: Buffer,
  headers: Headers,
  limit: number,
  host: string,
): Promise<{ headers: Headers; body: Buffer }> {
  const encoding = findHeader(headers, "content-encoding")?.trim().toLowerCase();
  const decode = encoding ? decoders[encoding] : undefined;
  if (!decode || raw.length === 0) return { headers, body: raw };
  try {
    const body = await decode(raw, { maxOutputLength: Math.max(limit, 1) });
    return { headers: headers.filter(([name]) => name !== "content-encoding"), body };
  } catch (cause) {
    if (codeOf(cause) === "ERR_BUFFER_TOO_LARGE") throw tooLarge(host, limit);
    throw new AppError("connection_failed", `The answer of ${host} says it is ${encoding} and can't be decoded.`, {
      hint: "The server or a proxy in between sends broken answers.",
      retryable: true,
      cause,
    });
  }
}
