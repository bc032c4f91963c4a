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

/**
 * Tells how a request is answered, before the caller can know: with its status, or with 0 when the connection ends
 * without an answer.
 */
export function onAnswer(response: ServerResponse, tell: (status: number) => void): void {
  let isTold = false;
  function tellOnce(status: number) {
    if (!isTold) tell(status);
    isTold = true;
  }
  const end = response.end.bind(response) as (...rest: unknown[]) => ServerResponse;
  response.end = (...rest: unknown[]) => {
    tellOnce(response.statusCode);
    return end(...rest);
  };
  response.once("close", () => tellOnce(0));
}
