import type { Socket } from "node:net";
import { explainForeign, ResponseFault, readHead } from "./response-head.ts";

/** Errors of connections that had served a request and closed before any byte of the next response. */
const stale = new WeakSet<Error>();

/** Whether a request failed only because its kept-alive connection was closed (RFC 9112 section 9.3.1). */
export function isStaleConnection(cause: unknown): boolean {
  return cause instanceof Error && stale.has(cause);
}

/**
 * Stands between a socket and undici's parser, which gives up on interim responses and on any irregularity of a head
 * (docs/decisions/0031-response-heads.md). Everything else passes unchanged.
 * @param maxHeadBytes limit for the status line and the headers of a response.
 */
export function guardResponses(socket: Socket, maxHeadBytes: number): void {
  const read = socket.read.bind(socket);
  const write = socket.write.bind(socket) as (...parameters: unknown[]) => boolean;
  let method = "";
  let awaitsHead = false;
  let responses = 0;
  let held: Buffer = Buffer.alloc(0);
  /** Of interim responses too, since the request. */
  let headBytes = 0;

  socket.write = (...parameters: unknown[]) => {
    if (!awaitsHead) {
      awaitsHead = true;
      headBytes = 0;
      method = /^[A-Za-z]+/.exec(String(parameters[0]).slice(0, 20))?.[0] ?? "";
    }
    return write(...parameters);
  };
  socket.read = (size?: number) => {
    if (!awaitsHead) return read(size);
    for (let chunk = read(); chunk !== null; chunk = read()) {
      headBytes += chunk.length;
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      try {
        const passed = takeHead();
        if (passed) return passed;
      } catch (fault) {
        socket.destroy(fault as Error);
        return null;
      }
    }
    return null;
  };
  // Before undici's listener, which only says that the other side closed.
  socket.prependListener("end", () => {
    if (!awaitsHead || held.length === 0) return;
    const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(held.toString("latin1", 0, 12))?.[1]) || null;
    socket.destroy(new ResponseFault("closed the connection in the middle of its headers", "Try again.", status));
  });
  socket.prependListener("error", (err) => {
    if (awaitsHead && responses > 0 && headBytes === 0) stale.add(err);
  });

  function takeHead(): Buffer | null {
    for (;;) {
      // RFC 9112 section 2.2: an empty line before the message is ignored.
      while (held[0] === 13 || held[0] === 10) held = held.subarray(1);
      const end = findHeadEnd(held);
      const fault = explainForeign(held);
      if (fault) throw fault;
      if (headBytes - held.length + (end === -1 ? held.length : end) > maxHeadBytes) throw tooLarge(maxHeadBytes, held);
      if (end === -1) return null;
      const { status, text } = readHead(held.toString("latin1", 0, end), method);
      const rest = held.subarray(end);
      held = rest;
      if (text === null) continue;
      awaitsHead = false;
      responses++;
      held = Buffer.alloc(0);
      if (method === "CONNECT" && status < 300) release();
      return Buffer.concat([Buffer.from(text, "latin1"), rest]);
    }
  }

  /** What follows in a tunnel isn't HTTP. */
  function release(): void {
    socket.read = read;
    socket.write = write as Socket["write"];
  }
}

function tooLarge(limit: number, held: Buffer): ResponseFault {
  const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(held.toString("latin1", 0, 12))?.[1]) || null;
  return new ResponseFault(
    `sent headers that are larger than the limit of ${Math.round(limit / 1024)} KiB`,
    "Have the service send smaller headers (often cookies), or raise SALLYPORT_MAX_RESPONSE_HEADER_KIB.",
    status,
  );
}

/** Where the body begins; -1 while the empty line is missing. */
function findHeadEnd(bytes: Buffer): number {
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return at + 2;
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return at + 3;
  }
  return -1;
}
