import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureCertificates, makeClientCertificate } from "#sandbox/certificates.ts";
import { testLimitMs } from "#scripts/test-limits.ts";
import { describeGet, startProxy, type TestProxy } from "#scripts/test-servers.ts";
import { explainClientCertificate } from "./connecting/tls-failure.ts";
import { closePools } from "./pools.ts";
import type { OpenProxySettings } from "./proxy-settings.ts";
import { sendRequest } from "./request.ts";
import type { ClientCertificate } from "./trust.ts";

type Asking = { server: Server; port: number; shown: (string | null)[] };

let dir: string;
let trustedCa: string;
let strict: Asking;
let oldTls: Asking;
let proxy: TestProxy;
let nosyProxy: Asking;
let first: ClientCertificate;
let second: ClientCertificate;
let stranger: ClientCertificate;

const nameOf = (socket: TLSSocket) => socket.getPeerX509Certificate()?.subject ?? null;

/** A server that wants a certificate of the test's authority, and remembers which it saw on each connection. */
async function startAsking(options: { maxVersion?: "TLSv1.2"; mustHave?: boolean } = {}): Promise<Asking> {
  const made = await ensureCertificates(dir);
  const shown: (string | null)[] = [];
  const { mustHave = true, ...tls } = options;
  const server = createServer(
    { ...tls, key: made.key, cert: made.cert, ca: made.ca, requestCert: true, rejectUnauthorized: mustHave },
    (request, response) => response.end(nameOf(request.socket as TLSSocket) ?? "nobody"),
  );
  // A test may take long to send its next request over a connection.
  server.keepAliveTimeout = testLimitMs;
  server.on("secureConnection", (socket) => shown.push(nameOf(socket)));
  // A refused handshake is the client's to tell.
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port, shown };
}

beforeAll(async () => {
  process.env.SALLYPORT_EGRESS = "allow:loopback";
  dir = mkdtempSync(join(tmpdir(), "sallyport-client-certificates-"));
  trustedCa = (await ensureCertificates(dir)).ca;
  strict = await startAsking();
  oldTls = await startAsking({ maxVersion: "TLSv1.2" });
  nosyProxy = await startAsking({ mustHave: false });
  nosyProxy.server.on("connect", (request, socket) => {
    const onward = connect(Number(request.url!.split(":")[1]), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  proxy = await startProxy();
  const make = async (name: string, from: string | null) => {
    const { key, cert } = await makeClientCertificate(name, from);
    return { key, certificate: cert };
  };
  [first, second, stranger] = await Promise.all([make("first", dir), make("second", dir), make("stranger", null)]);
});
afterAll(async () => {
  await closePools();
  await proxy.close();
  for (const { server } of [strict, oldTls, nosyProxy]) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(dir, { recursive: true });
});

const manual = (url: string): OpenProxySettings => ({ mode: "manual", url, username: "", password: null, bypass: [] });
async function ask(
  target: Asking,
  clientCertificate: ClientCertificate | null,
  by: OpenProxySettings = { mode: "none" },
) {
  const url = `https://localhost:${target.port}/`;
  return (await sendRequest(describeGet(url, { trustedCa, clientCertificate, proxy: by }))).body.toString();
}

test("a server that demands a client certificate is shown it", async () => {
  expect(await ask(strict, first)).toBe("CN=first");
  expect(await ask(oldTls, first)).toBe("CN=first");
});

test("a connection made with one certificate serves no request with another one or none", async () => {
  for (let count = 0; count < 3; count++) {
    expect(await ask(strict, first)).toBe("CN=first");
    expect(await ask(strict, second)).toBe("CN=second");
  }
  await expect(ask(strict, null)).rejects.toMatchObject({ retryable: true });
  // Each certificate kept its connection.
  expect(strict.shown.filter((name) => name === "CN=second")).toHaveLength(1);
});

test("a server that ends the connection for want of one is told with that in mind", async () => {
  for (const target of [strict, oldTls]) {
    const err = await ask(target, null).catch((caught: unknown) => caught);
    expect(err).toMatchObject({ hint: expect.stringContaining("client certificate") });
  }
  await expect(ask(strict, stranger)).rejects.toMatchObject({ hint: expect.stringContaining("client certificate") });
});

test.each([
  [
    "tlsv13 alert certificate required",
    "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
    "the server asks for a client certificate",
  ],
  [
    "tlsv1 alert unknown ca",
    "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA",
    "the server does not trust the issuer of the client certificate",
  ],
  ["ssl/tls alert handshake failure", "EPROTO", "the handshake was not completed"],
  [
    "sslv3 alert certificate expired",
    "ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED",
    "the server finds the client certificate expired",
  ],
])("the alert “%s” of OpenSSL's servers is told in words", (alert, code, words) => {
  const cause = Object.assign(new Error(`402D:error:0A00045C:SSL routines:ssl3_read_bytes:${alert}:../ssl.c:1:`), {
    code,
  });
  expect(explainClientCertificate(cause, "host:443")).toMatchObject({
    code: "tls_failed",
    message: `TLS with host:443 failed: ${words} (${code}).`,
  });
});

test("a key that does not belong to the certificate never gets to the network", async () => {
  const before = strict.shown.length;
  const wrong = { key: second.key, certificate: first.certificate };
  await expect(ask(strict, wrong)).rejects.toMatchObject({
    code: "tls_failed",
    message: "The client certificate and its key can't be used for TLS.",
  });
  expect(strict.shown).toHaveLength(before);
});

test("it is shown to the host inside a proxy's tunnel", async () => {
  expect(await ask(strict, first, manual(`http://localhost:${proxy.port}`))).toBe("CN=first");
  expect(proxy.asked).toContain(`CONNECT localhost:${strict.port}`);
});

test("a proxy that asks for a certificate over its own TLS is shown none", async () => {
  process.env.SALLYPORT_EXTRA_CA = join(dir, "ca.pem");
  expect(await ask(strict, first, manual(`https://localhost:${nosyProxy.port}`))).toBe("CN=first");
  expect(nosyProxy.shown).toEqual([null]);
});

test("over plain http there is nothing to show it in, and the request goes its way", async () => {
  const plain = createHttpServer((_, response) => response.end("plain"));
  await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://localhost:${(plain.address() as AddressInfo).port}/`;
    const answer = await sendRequest(describeGet(url, { clientCertificate: first }));
    expect(answer.body.toString()).toBe("plain");
  } finally {
    plain.closeAllConnections();
    plain.close();
  }
});
