import { createServer, type Server, type Socket } from "node:net";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { describeGet } from "#scripts/test-servers.ts";
import { findPartial } from "./partial-response.ts";
import { closePools } from "./pools.ts";
import { type OutboundRequest, sendRequest } from "./request.ts";

let server: Server | undefined;
let requests: { onConnection: number; text: string }[] = [];

beforeAll(() => {
  process.env.SALLYPORT_EGRESS = "allow:loopback";
});
afterEach(async () => {
  await closePools();
  server?.close();
  requests = [];
});
afterAll(closePools);

/** Starts a server that answers each request with `answer`, and returns its URL. */
async function serve(answer: (socket: Socket, onConnection: number) => void): Promise<string> {
  const started = createServer((socket) => {
    let count = 0;
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      requests.push({ onConnection: ++count, text: chunk.toString("latin1") });
      answer(socket, count);
    });
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(started.address() as { port: number }).port}/`;
}
const get = (url: string, overrides?: Partial<OutboundRequest>) => sendRequest(describeGet(url, overrides));
const bytes = (text: string) => Buffer.from(text, "latin1");

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
test.each([
  ["an unsolicited 100", `HTTP/1.1 100 Continue\r\n\r\n${ok}`],
  ["two of them", `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${ok}`],
  ["102 and 103 with headers", `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok}`],
  ["an unknown interim status", `HTTP/1.1 199 Later\r\nContent-Length: 5\r\n\r\n${ok}`],
  ["an empty line before the response", `\r\n${ok}`],
  ["LF as line end", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"],
  ["mixed line ends", "HTTP/1.1 200 OK\r\nX-A: 1\nContent-Length: 2\r\n\nok"],
  ["a control character in a header", "HTTP/1.1 200 OK\r\nX-Device: a\x01b\r\nContent-Length: 2\r\n\r\nok"],
  ["NUL in a header", "HTTP/1.1 200 OK\r\nX-Device: a\0b\r\nContent-Length: 2\r\n\r\nok"],
  ["a control character in the reason phrase", "HTTP/1.1 200 O\x02K\r\nContent-Length: 2\r\n\r\nok"],
  ["a folded line", "HTTP/1.1 200 OK\r\nX-Long: a\r\n  b\r\nContent-Length: 2\r\n\r\nok"],
  ["a space before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok"],
  ["no reason phrase", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"],
  ["the same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok"],
  ["the same length in a list", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok"],
  [
    "Transfer-Encoding next to a length",
    "HTTP/1.1 200 OK\r\nContent-Length: 8\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
  ],
  [
    "Transfer-Encoding twice",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
  ],
  ["Transfer-Encoding identity", "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok"],
])("accepts %s", async (_, answer) => {
  const url = await serve((socket) => socket.write(bytes(answer)));
  for (let count = 0; count < 2; count++) {
    const response = await get(url);
    expect({ ...response, body: response.body.toString() }).toMatchObject({ status: 200, body: "ok" });
  }
});

test("reads a head that arrives byte by byte, after an interim response", async () => {
  const url = await serve(async (socket) => {
    for (const byte of bytes(`HTTP/1.1 100 Continue\r\n\r\n${ok}`)) {
      socket.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  expect((await get(url)).body.toString()).toBe("ok");
});

test.each([
  ["HEAD with a length", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n", 200],
  ["HEAD with Transfer-Encoding", "HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200],
  ["HEAD with an invalid length", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", 200],
  ["HEAD with an unknown transfer coding", "HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", 200],
  [
    "HEAD that states a content coding",
    "HEAD",
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n",
    200,
  ],
  ["204 with a length", "DELETE", "HTTP/1.1 204 No Content\r\nContent-Length: 3000000\r\n\r\n", 204],
  ["204 with Transfer-Encoding", "POST", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", 204],
  ["304 with a length", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 3000000\r\n\r\n", 304],
  ["304 with two lengths", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 304],
])("expects no body after %s", async (_, method, head, status) => {
  const url = await serve((socket) => socket.write(head));
  for (let count = 0; count < 2; count++) {
    const response = await get(url, { method });
    expect({ status: response.status, bytes: response.body.length }).toEqual({ status, bytes: 0 });
  }
});

const many = Array.from({ length: 60 }, (_, i) => `Set-Cookie: c${i}=${"v".repeat(1000)}`).join("\r\n");
test("accepts 60 KiB of headers", async () => {
  const url = await serve((socket) => socket.write(`HTTP/1.1 200 OK\r\n${many}\r\nContent-Length: 2\r\n\r\nok`));
  expect((await get(url)).headers).toHaveLength(61);
});

test.each([
  [
    "headers above the limit",
    `HTTP/1.1 200 OK\r\n${many}\r\n${many}\r\n\r\n`,
    /larger than the limit of 64 KiB.*status was 200/,
  ],
  [
    "two lengths",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
    /different Content-Length values \(2, 3\)/,
  ],
  ["a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok", /Content-Length "two"/],
  ["a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok", /Content-Length "-1"/],
  [
    "an unknown transfer coding",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    /Transfer-Encoding gzip/,
  ],
  ["a line without a colon", "HTTP/1.1 200 OK\r\nX-A: 1\r\nhello\r\n\r\n", /line 2 has no colon/],
  ["an invalid name", "HTTP/1.1 200 OK\r\nX A: 1\r\n\r\n", /line 1 has an invalid name/],
  ["a malformed status line", "HTTP/1.1 OK\r\n\r\n", /malformed status line/],
  ["HTTP/2 in the status line", "HTTP/2 200\r\n\r\n", /answered in HTTP 2/],
  ["101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", /another protocol/],
  ["a frame of HTTP/2", "\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64", /only HTTP\/2/],
  ["an alert of TLS", "\x15\x03\x01\0\x02\x02\x28", /requires TLS/],
  ["a page without a head", "<html>hello</html>", /isn't HTTP: <html>hello/],
  [
    "a malformed chunk",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    /200, but.*chunk.*malformed size/,
  ],
])("names %s", async (_, answer, says) => {
  const url = await serve((socket) => socket.end(bytes(answer)));
  await expect(get(url)).rejects.toThrow(says);
  await expect(get(url)).rejects.not.toThrow(/was lost/);
});

test.each([
  ["the connection closes", (socket: Socket) => socket.destroy(), /200, but the connection was lost/],
  ["a chunk is malformed", (socket: Socket) => socket.write("zz\r\n"), /malformed size/],
])("keeps status, headers, and what had arrived of the body when %s", async (_, end, says) => {
  const url = await serve((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nX-Order: 4711\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhalf o\r\n", () =>
      end(socket),
    );
  });
  const failure = await get(url).catch((err: unknown) => err);
  expect(String(failure)).toMatch(says);
  const partial = findPartial(failure);
  expect(partial).toMatchObject({ status: 200 });
  expect(partial?.headers).toContainEqual(["x-order", "4711"]);
  expect(partial?.body.toString()).toBe("half o");
});

const plain = Buffer.from('{"order":4711}');
test.each<[name: string, coding: string, sent: Buffer, body: Buffer | string, left: string | undefined]>([
  ["identity", "identity", plain, plain, undefined],
  ["gzip that is none", "gzip", plain, plain, "gzip"],
  ["gzip in capitals", "GZIP", gzipSync(plain), plain, undefined],
  ["deflate", "deflate", deflateSync(plain), plain, undefined],
  ["deflate without zlib's wrapper", "deflate", deflateRawSync(plain), plain, undefined],
  ["br", "br", brotliCompressSync(plain), plain, undefined],
  ["zstd", "zstd", zstdCompressSync(plain), plain, undefined],
  ["several", "br, gzip", gzipSync(brotliCompressSync(plain)), plain, undefined],
  ["several with identity", "gzip, identity", gzipSync(plain), plain, undefined],
  ["an unknown one", "utf-8", plain, plain, "utf-8"],
  ["an unknown one below gzip", "aws-chunked, gzip", gzipSync(plain), plain, "aws-chunked"],
  ["a name that every object has", "constructor", plain, plain, "constructor"],
  ["half of gzip", "gzip", gzipSync(plain).subarray(0, 15), gzipSync(plain).subarray(0, 15), "gzip"],
])("keeps the body with the content coding %s", async (_, coding, sent, body, left) => {
  const url = await serve((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${sent.length}\r\n\r\n`);
    socket.write(sent);
  });
  const response = await get(url);
  expect(response.body).toEqual(body);
  expect(Object.fromEntries(response.headers)["content-encoding"]).toBe(left);
});

test("reads headers in UTF-8, and in Latin-1 otherwise", async () => {
  const head = Buffer.concat([
    Buffer.from("HTTP/1.1 302 Found\r\nLocation: /münchen/€\r\nX-Old: "),
    Buffer.from([0xfc]),
    Buffer.from("\r\nContent-Length: 0\r\n\r\n"),
  ]);
  const url = await serve((socket) => socket.write(head));
  const { headers } = await get(url);
  expect(headers).toContainEqual(["location", "/münchen/€"]);
  expect(headers).toContainEqual(["x-old", "ü"]);
});

/** Sends requests until one goes over a kept-alive connection, and returns their outcomes. */
async function sendUntilReused(url: string, overrides?: Partial<OutboundRequest>): Promise<unknown[]> {
  const outcomes: unknown[] = [];
  while (!requests.some(({ onConnection }) => onConnection > 1)) {
    outcomes.push(
      await get(url, overrides).then(
        ({ status }) => status,
        ({ code }) => code,
      ),
    );
    await new Promise((resolve) => setImmediate(resolve));
  }
  return outcomes;
}

const closings: [string, (socket: Socket) => void][] = [
  ["closes", (socket) => socket.end()],
  ["destroys", (socket) => socket.destroy()],
  ["resets", (socket) => socket.resetAndDestroy()],
];
const methods: [method: string, isRepeatable: boolean | undefined, isRepeated: boolean][] = [
  ["GET", undefined, true],
  ["PUT", undefined, true],
  ["DELETE", undefined, true],
  ["POST", undefined, false],
  ["PATCH", undefined, false],
  ["POST", true, true],
];
test.each(closings.flatMap(([how, close]) => methods.map((row) => [how, close, ...row] as const)))(
  "a server that %s a kept-alive connection %#",
  async (_, close, method, isRepeatable, isRepeated) => {
    const url = await serve((socket, onConnection) => (onConnection > 1 ? close(socket) : socket.write(ok)));
    const outcomes = await sendUntilReused(url, { method, isRepeatable });
    expect(outcomes.at(-1)).toBe(isRepeated ? 200 : "connection_failed");
    const reused = requests.findIndex(({ onConnection }) => onConnection > 1);
    expect(requests.slice(reused).map(({ onConnection }) => onConnection)).toEqual(isRepeated ? [2, 1] : [2]);
  },
);

test("sends nothing again when a new connection closes, or after a byte of the response", async () => {
  const silent = await serve((socket) => socket.destroy());
  await expect(get(silent)).rejects.toThrow(/was lost/);
  expect(requests).toHaveLength(1);
  server?.close();
  requests = [];
  const half = await serve((socket, on) => (on > 1 ? socket.end("HTTP/1.1 2") : socket.write(ok)));
  expect((await sendUntilReused(half)).at(-1)).toBe("connection_failed");
  expect(requests.at(-1)?.onConnection).toBe(2);
});
