import { afterAll, beforeAll, expect, test } from "vitest";
import { type Listening, listen } from "#scripts/test-servers.ts";
import { closePools } from "./pools.ts";
import { createHeadSender } from "./send-head.ts";

let collector: Listening;
let status = 204;
const received: unknown[] = [];
beforeAll(async () => {
  collector = await listen(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({
      method: request.method,
      authorization: request.headers.authorization,
      body: JSON.parse(String(Buffer.concat(chunks))),
    });
    response.writeHead(status).end();
  });
  process.env.SALLYPORT_EGRESS = "allow:loopback";
  process.env.SALLYPORT_AUDIT_HEAD_URL = `http://localhost:${collector.port}/heads`;
  process.env.SALLYPORT_AUDIT_HEAD_TOKEN = "collector-token";
});
afterAll(async () => {
  await closePools();
  await collector.close();
});

const head = { at: "2027-01-31T12:00:00Z", portal: "https://portal.example.com", id: 7, hash: "abc" };

test("a head reaches the collector with its token", async () => {
  await createHeadSender()?.(head);
  expect(received).toEqual([{ method: "POST", authorization: "Bearer collector-token", body: head }]);
});

test("an answer that is no success counts as not sent", async () => {
  status = 503;
  await expect(createHeadSender()?.(head)).rejects.toThrow(/answered the head of the audit chain with 503/);
});
