import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestRefusal } from "./refuse-request.ts";

/** What is read and thrown away of a refused body, and for how long. */
const maxUnreadBytes = 16 * 1024 * 1024;
const maxUnreadMs = 2_000;

/**
 * Answers a refused request, and closes its connection once the body has arrived, within limits. A connection that is closed with unread
 * data is reset, and the client loses the answer (RFC 9112 section 9.6).
 */
export function answerRefusal(request: IncomingMessage, response: ServerResponse, refusal: RequestRefusal): void {
  const body = Buffer.from(refusal.message);
  const headers = { "content-type": "text/plain; charset=utf-8", "content-length": body.length, connection: "close" };
  response.writeHead(refusal.status, headers);
  response.write(body);
  let left = maxUnreadBytes;
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, maxUnreadMs);
  request.once("close", end).once("end", end);
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) end();
  });
}
