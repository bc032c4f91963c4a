import type { IncomingMessage } from "node:http";

const LIMIT_BYTES = 16 * 1024 * 1024;

/** Reads a request's body whole; throws above 16 MiB. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LIMIT_BYTES) throw new Error(`the request body is longer than ${LIMIT_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** Lets oidc-provider read a body that has been read already: it asks for `readable` and `iterator()`. */
export function replayBody(request: IncomingMessage, body: Buffer): void {
  async function* iterate() {
    if (body.length > 0) yield body;
  }
  Object.defineProperties(request, { readable: { value: true }, iterator: { value: iterate } });
}
