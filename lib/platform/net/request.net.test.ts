import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeGet, type Listening, listen, makeCertificates, startProxy } from "#scripts/test-servers.ts";
import { closePools } from "./pools.ts";
import type { OpenProxySettings } from "./proxy-settings.ts";
import { type OutboundRequest, sendRequest } from "./request.ts";

let plain: Listening;
let secure: Listening;
let otherName: Listening;
let expired: Listening;
let environmentProxy: Awaited<ReturnType<typeof startProxy>>;
let certificates: Awaited<ReturnType<typeof makeCertificates>>;
const seen: { url: string; connection: number; headers: Record<string, unknown>; body: string }[] = [];

beforeAll(async () => {
  process.env.SALLYPORT_EGRESS = "allow:loopback deny:denied.example.com";
  for (const name of ["http_proxy", "https_proxy", "no_proxy"]) delete process.env[name];
  environmentProxy = await startProxy();
  process.env.HTTP_PROXY = `http://localhost:${environmentProxy.port}`;
  process.env.HTTPS_PROXY = `http://localhost:${environmentProxy.port}`;
  process.env.NO_PROXY = "127.0.0.1, .internal";
  certificates = await makeCertificates();
  const handle: Parameters<typeof listen>[0] = async (request, response) => {
    const url = request.url ?? "";
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    seen.push({ url, connection: request.socket.remotePort!, headers: request.headers, body });
    if (url === "/hang") return;
    if (url === "/stall") return void response.writeHead(200).write("beginning");
    if (url === "/cut") return void request.socket.destroy();
    if (url === "/redirect") return void response.writeHead(302, { location: "http://other.example.com/" }).end();
    if (url === "/declared") return void response.end("x".repeat(200_000));
    if (url === "/chunked") {
      for (let index = 0; index < 20; index++) response.write("x".repeat(10_000));
      return void response.end();
    }
    if (url === "/gzip") return void response.setHeader("content-encoding", "gzip").end(gzipSync("unpacked"));
    if (url === "/bomb")
      return void response.setHeader("content-encoding", "gzip").end(gzipSync("0".repeat(9_000_000)));
    response.setHeader("set-cookie", ["a=1", "b=2"]).end("fine");
  };
  plain = await listen(handle);
  secure = await listen(handle, certificates.localhost);
  otherName = await listen(handle, certificates.otherName);
  expired = await listen(handle, certificates.expired);
});
afterAll(async () => {
  await closePools();
  await Promise.all([plain, secure, otherName, expired, environmentProxy].map((server) => server.close()));
});

const http = (path: string) => `http://localhost:${plain.port}${path}`;
const https = (path: string, server = secure) => `https://localhost:${server.port}${path}`;
const get = (url: string, overrides?: Partial<OutboundRequest>) => sendRequest(describeGet(url, overrides));

test("brings status, every header and the body", async () => {
  const first = await get(http("/a?b=c"));
  expect(first).toMatchObject({ status: 200, proxy: "none" });
  expect(first.body.toString()).toBe("fine");
  expect(first.headers.filter(([name]) => name === "set-cookie")).toEqual([
    ["set-cookie", "a=1"],
    ["set-cookie", "b=2"],
  ]);
  expect(seen.at(-1)?.url).toBe("/a?b=c");
});

test("keeps connections open for the next request", async () => {
  for (let count = 0; count < 10; count++) await get(http("/kept"));
  const connections = seen.filter(({ url }) => url === "/kept").map(({ connection }) => connection);
  expect(new Set(connections).size).toBeLessThan(4);
});

test("sends the body and the headers but those of the connection", async () => {
  await get(http("/post"), {
    method: "POST",
    body: "hello",
    headers: [
      ["X-Site", "7"],
      ["Content-Length", "999"],
      ["Transfer-Encoding", "chunked"],
      ["Proxy-Authorization", "Basic x"],
    ],
  });
  expect(seen.at(-1)).toMatchObject({
    body: "hello",
    headers: { "x-site": "7", "content-length": "5", "accept-encoding": "identity" },
  });
  expect(seen.at(-1)?.headers).not.toHaveProperty("transfer-encoding");
  expect(seen.at(-1)?.headers).not.toHaveProperty("proxy-authorization");
});

test("refuses a header with a line break without repeating its value", async () => {
  const sent = get(http("/"), { headers: [["X-Site", "7\r\nX-Evil: secret-thing"]] });
  await expect(sent).rejects.toMatchObject({ code: "invalid_input", fields: [{ field: "headers.0.value" }] });
  await expect(sent).rejects.not.toThrow(/secret-thing/);
});

test("does not follow a redirect", async () => {
  expect(await get(http("/redirect"))).toMatchObject({ status: 302 });
});

test("unpacks a gzip answer and says so no more", async () => {
  const answer = await get(http("/gzip"));
  expect(answer.body.toString()).toBe("unpacked");
  expect(answer.headers.map(([name]) => name)).not.toContain("content-encoding");
});

test("trusts a CA that is handed in, and a context is not shared with those who don't", async () => {
  expect(await get(https("/"), { trustedCa: certificates.ca })).toMatchObject({ status: 200 });
  await expect(get(https("/"))).rejects.toMatchObject({ code: "tls_failed" });
});

type Failure = [name: string, url: () => string, overrides: () => Partial<OutboundRequest>, code: string, says: RegExp];
const failures: Failure[] = [
  [
    "a name that does not resolve",
    () => "http://nowhere.invalid/",
    () => ({}),
    "name_not_resolved",
    /nowhere\.invalid/,
  ],
  [
    "a port where nothing listens",
    () => "http://localhost:1/",
    () => ({}),
    "connection_failed",
    /localhost:1 was refused/,
  ],
  ["an unknown CA", () => https("/"), () => ({}), "tls_failed", /not trusted here/],
  [
    "a certificate for another host",
    () => https("/", otherName),
    () => ({ trustedCa: certificates.otherName.cert }),
    "tls_failed",
    /not for localhost/,
  ],
  [
    "an expired certificate",
    () => https("/", expired),
    () => ({ trustedCa: certificates.expired.cert }),
    "tls_failed",
    /has expired/,
  ],
  ["https to a plain port", () => https("/", plain), () => ({}), "tls_failed", /does not speak TLS/],
  ["a CA that is none", () => https("/"), () => ({ trustedCa: "hello" }), "tls_failed", /no readable PEM/],
  ["no answer", () => http("/hang"), () => ({ timeoutMs: 100 }), "timeout", /within 100 ms/],
  ["an answer that stops halfway", () => http("/stall"), () => ({ timeoutMs: 100 }), "timeout", /within 100 ms/],
  ["a connection cut before the answer", () => http("/cut"), () => ({}), "connection_failed", /was lost/],
  ["a body that says it is too large", () => http("/declared"), () => ({}), "response_too_large", /100000 bytes/],
  ["a body that turns out too large", () => http("/chunked"), () => ({}), "response_too_large", /100000 bytes/],
  ["a gzip bomb", () => http("/bomb"), () => ({}), "response_too_large", /100000 bytes/],
  ["the metadata service", () => "http://169.254.169.254/", () => ({}), "egress_denied", /169\.254\.169\.254:80/],
  ["another scheme", () => "file:///etc/passwd", () => ({}), "invalid_input", /http:\/\//],
  ["a user in the URL", () => "http://anna:secret@localhost/", () => ({}), "invalid_input", /user/],
];
test.each(failures)("tells of %s", async (_, url, overrides, code, says) => {
  const sent = get(url(), overrides());
  await expect(sent).rejects.toMatchObject({ name: "AppError", code });
  await expect(sent).rejects.toThrow(says);
});

test("stops when the caller does", async () => {
  const caller = new AbortController();
  const before = seen.length;
  const sent = get(http("/hang"), { signal: caller.signal });
  await expect.poll(() => seen.slice(before)).toMatchObject([{ url: "/hang" }]);
  caller.abort();
  await expect(sent).rejects.toMatchObject({ code: "timeout" });
  await expect(get(http("/never"), { signal: AbortSignal.abort() })).rejects.toThrow(/was ended/);
  await get(http("/later"));
  expect(seen.slice(before).map(({ url }) => url)).toEqual(["/hang", "/later"]);
});

test("tells of a server that speaks another protocol", async () => {
  const server = createServer((socket) => void socket.end("220 mail ready\r\n")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await expect(get(`http://127.0.0.1:${port}/`)).rejects.toThrow(/isn't HTTP: 220 mail ready/);
  server.close();
});

type ManualProxy = Extract<OpenProxySettings, { mode: "manual" }>;
function manual(port: number, more: Partial<ManualProxy> = {}): ManualProxy {
  return { mode: "manual", url: `http://localhost:${port}`, username: "", password: null, bypass: [], ...more };
}

test("tunnels https through a proxy with user and password", async () => {
  const proxy = await startProxy({ credentials: "anna:pass:word" });
  const settings = manual(proxy.port, { username: "anna", password: "pass:word" });
  const answer = await get(https("/tunnelled"), { trustedCa: certificates.ca, proxy: settings });
  expect(answer).toMatchObject({ status: 200, proxy: `http://localhost:${proxy.port}` });
  expect(proxy.asked).toEqual([`CONNECT localhost:${secure.port}`]);
  await proxy.close();
});

test("forwards plain http through a proxy with the whole URL", async () => {
  const proxy = await startProxy({ credentials: "anna:password" });
  const settings = manual(proxy.port, { username: "anna", password: "password" });
  expect(await get(http("/forwarded?x=1"), { proxy: settings })).toMatchObject({ status: 200 });
  expect(proxy.asked).toEqual([`GET ${http("/forwarded?x=1")}`]);
  expect(seen.at(-1)?.headers).not.toHaveProperty("proxy-authorization");
  await proxy.close();
});

test("reaches a proxy over https, for http and https targets", async () => {
  const proxy = await startProxy({ tls: certificates.localhost });
  const settings = manual(proxy.port, { url: `https://localhost:${proxy.port}` });
  const overrides = { proxy: settings, trustedCa: certificates.ca };
  expect(await get(https("/"), overrides)).toMatchObject({ status: 200 });
  expect(await get(http("/"), overrides)).toMatchObject({ status: 200 });
  expect(proxy.asked).toHaveLength(2);
  await proxy.close();
});

test.each([
  ["https", () => https("/")],
  ["http", () => http("/")],
])("names a proxy that refuses the password (%s)", async (_, url) => {
  const proxy = await startProxy({ credentials: "anna:right-one" });
  const settings = manual(proxy.port, { username: "anna", password: "wrong-one" });
  const sent = get(url(), { trustedCa: certificates.ca, proxy: settings });
  await expect(sent).rejects.toMatchObject({ code: "proxy_authentication_required" });
  await expect(sent).rejects.toThrow(`http://localhost:${proxy.port}`);
  await expect(sent).rejects.not.toThrow(/wrong-one/);
  await proxy.close();
});

test("names a proxy that refuses the host, and one that is not there", async () => {
  const proxy = await startProxy({ refuse: 403 });
  const refused = get(https("/"), { trustedCa: certificates.ca, proxy: manual(proxy.port) });
  await expect(refused).rejects.toMatchObject({ code: "proxy_refused", details: { status: 403 } });
  await proxy.close();
  // Nobody listens on port 1, while another process might take the closed proxy's port.
  const gone = get(https("/"), { trustedCa: certificates.ca, proxy: manual(1) });
  await expect(gone).rejects.toMatchObject({ code: "proxy_unreachable" });
  await expect(gone).rejects.toThrow(/connection to the proxy localhost/);
});

test("passes by the proxy for a host on the bypass list", async () => {
  const proxy = await startProxy();
  const answer = await get(http("/"), { proxy: manual(proxy.port, { bypass: ["localhost"] }) });
  expect(answer.proxy).toBe("none");
  expect(proxy.asked).toEqual([]);
  await proxy.close();
});

test("asks the policy about a target behind a proxy too", async () => {
  const proxy = await startProxy();
  const targets = ["https://169.254.169.254/", "http://169.254.169.254/", "https://denied.example.com/"];
  for (const target of targets) {
    await expect(get(target, { proxy: manual(proxy.port) })).rejects.toMatchObject({ code: "egress_denied" });
  }
  expect(proxy.asked).toEqual([]);
  await proxy.close();
});

test("takes the proxy of the environment only where it is asked to, and honours NO_PROXY", async () => {
  const proxy = { mode: "environment" } as const;
  const url = `http://localhost:${environmentProxy.port}`;
  expect(await get(http("/"))).toMatchObject({ proxy: "none" });
  expect(await get(`http://127.0.0.1:${plain.port}/`, { proxy })).toMatchObject({ status: 200, proxy: "none" });
  expect(environmentProxy.asked).toEqual([]);
  expect(await get(http("/"), { proxy })).toMatchObject({ status: 200, proxy: url });
  expect(await get(https("/"), { proxy, trustedCa: certificates.ca })).toMatchObject({ status: 200, proxy: url });
  expect(environmentProxy.asked).toEqual([`GET ${http("/")}`, `CONNECT localhost:${secure.port}`]);
});
