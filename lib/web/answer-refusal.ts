import type { IncomingMessage, ServerResponse } from "node:http";
import { discardBody } from "#lib/platform/edges/discard-body.ts";
import type { RequestRefusal } from "./refuse-request.ts";

/** Answers a refused request, and closes its connection once the body has arrived, within limits. */
export async function answerRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: RequestRefusal,
): Promise<void> {
  const body = Buffer.from(refusal.message);
  const headers = { "content-type": "text/plain; charset=utf-8", "content-length": body.length, connection: "close" };
  response.writeHead(refusal.status, headers);
  response.write(body);
  await discardBody(request);
  response.end();
}
