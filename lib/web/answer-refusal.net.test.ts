import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Listening, listen } from "#scripts/test-servers.ts";
import { answerRefusal } from "./answer-refusal.ts";

let server: Listening;
beforeAll(async () => {
  server = await listen((request, response) =>
    answerRefusal(request, response, { status: 413, message: "Too large." }),
  );
});
afterAll(() => server.close());

/** What a client reads that sends its whole body before it looks for an answer. */
async function send(bytes: number): Promise<string> {
  const socket = connect(server.port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.write(`POST / HTTP/1.1\r\nHost: portal\r\nContent-Length: ${bytes}\r\n\r\n`);
  const chunk = Buffer.alloc(64 * 1024, "x");
  for (let sent = 0; sent < bytes; sent += chunk.length) {
    if (!socket.write(chunk.subarray(0, Math.min(chunk.length, bytes - sent)))) await once(socket, "drain");
  }
  await once(socket, "end");
  return Buffer.concat(chunks).toString();
}

test("a client that sends all of a large body still gets the answer, and the connection is closed", async () => {
  const answer = await send(8_000_000);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).toMatch(/connection: close/i);
  expect(answer).toMatch(/Too large\.$/);
});
