import type { IncomingMessage, ServerResponse } from "node:http";
import { TLSSocket } from "node:tls";
import type { VerifiedToken } from "./token-verification.ts";

/** A request on its way through the sample service. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  token: VerifiedToken | null;
}

/** Answers with JSON, or with nothing where the status allows no body. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  if (status < 200 || status === 204 || status === 304) {
    response.writeHead(status).end();
    return;
  }
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "content-length": body.length });
  response.end(body);
}

/** Cuts the connection without an answer: by a reset, or over TLS by closing it where an answer would stand. */
export function cutConnection({ socket }: ServerResponse): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
}
