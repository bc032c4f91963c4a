import type { IncomingMessage } from "node:http";

/** What is read and thrown away of a body that nobody wants, and for how long. */
const maxUnreadBytes = 16 * 1024 * 1024;
const maxUnreadMs = 2_000;

/**
 * Reads the rest of a refused request's body, within limits. A connection that is closed with unread data is reset, and the client loses
 * the answer (RFC 9112 section 9.6).
 */
export async function discardBody(incoming: IncomingMessage): Promise<void> {
  if (incoming.complete || incoming.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, maxUnreadMs);
  let left = maxUnreadBytes;
  incoming.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) resolve();
  });
  incoming.once("close", resolve).once("end", resolve);
  await promise;
  clearTimeout(timer);
}
