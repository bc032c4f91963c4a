import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { testLimitMs } from "./test-limits.ts";

export type Seen = { method: string; url: string; headers: IncomingHttpHeaders; body: string };
type Answer = { status?: number; body?: string };

export type TestService = {
  url: string;
  /** What came since the test began. */
  seen: Seen[];
  /** How requests are answered; each test begins with 200 and an empty object. */
  answer: (seen: Seen) => Answer | Promise<Answer>;
};

/** A service that keeps what it is sent and answers as the test says. Call it at the top of a file. */
export function setUpService(): TestService {
  const service: TestService = { url: "", seen: [], answer: () => ({}) };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url = "", headers } = request;
    const seen = { method, url, headers, body: Buffer.concat(chunks).toString() };
    service.seen.push(seen);
    const { status = 200, body = "{}" } = await service.answer(seen);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(body);
  });
  // An idle connection never closes in the middle of a request, however slow the machine is.
  server.keepAliveTimeout = testLimitMs;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    service.seen = [];
    service.answer = () => ({});
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return service;
}
