import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener, request, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { generate } from "selfsigned";
import type { OutboundRequest } from "#lib/platform/net/request.ts";
import { ensureCertificates } from "#sandbox/certificates.ts";
import { testLimitMs } from "./test-limits.ts";

export type Listening = {
  port: number;
  close: () => Promise<void>;
  /** Resets (RST) the connection that comes from a port, beneath TLS. */
  reset: (remotePort: number) => void;
};
type KeyAndCertificate = { key: string; cert: string };

/** Serves on a free port of this machine until closed; connections still open are cut. */
export function listen(handle: RequestListener, tls?: KeyAndCertificate): Promise<Listening> {
  return start(tls ? createSecureServer(tls, handle) : createServer(handle));
}

function start(server: Server | ReturnType<typeof createSecureServer>): Promise<Listening> {
  const connections = new Map<number, Socket>();
  // A client may take long to send its next request over a connection.
  server.keepAliveTimeout = testLimitMs;
  server.on("connection", (socket: Socket) => connections.set(socket.remotePort ?? 0, socket));
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve({
        reset: (remotePort) => connections.get(remotePort)?.resetAndDestroy(),
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}

export type TestProxy = Listening & {
  /** What was asked for: `CONNECT host:port` and `GET http://…`, refused ones too. */
  asked: string[];
};

/**
 * An HTTP proxy: tunnels with CONNECT and forwards plain http.
 * @param options.credentials `user:password` that it insists on. @param options.refuse answers each request with this status.
 */
export async function startProxy(
  options: { credentials?: string; refuse?: number; tls?: KeyAndCertificate } = {},
): Promise<TestProxy> {
  const asked: string[] = [];
  const tunnels = new Set<Duplex>();
  const expected = options.credentials && `Basic ${Buffer.from(options.credentials).toString("base64")}`;
  const judge = (header: string | undefined) => options.refuse ?? (expected && header !== expected ? 407 : 200);
  const forward: RequestListener = (incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const status = judge(incoming.headers["proxy-authorization"]);
    if (status !== 200) return void outgoing.writeHead(status).end();
    const { "proxy-authorization": _, ...headers } = incoming.headers;
    const onward = request(incoming.url!, { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.writeHead(502).end());
    incoming.pipe(onward);
  };
  const server = options.tls ? createSecureServer(options.tls, forward) : createServer(forward);
  server.on("connect", (incoming, socket) => {
    asked.push(`CONNECT ${incoming.url}`);
    socket.on("error", () => undefined);
    tunnels.add(socket);
    const status = judge(incoming.headers["proxy-authorization"]);
    if (status !== 200) return socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\n\r\n`);
    const [host, port] = incoming.url!.split(":");
    const onward = connect(Number(port), host === "localhost" ? "127.0.0.1" : host!, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("close", () => onward.destroy());
  });
  const started = await start(server);
  const close = () => {
    for (const tunnel of tunnels) tunnel.destroy();
    return started.close();
  };
  return { ...started, close, asked };
}

/** Certificates of an authority of this test file's own: for localhost, for another name, and one that has expired. */
export async function makeCertificates() {
  const dir = mkdtempSync(join(tmpdir(), "sallyport-certificates-"));
  try {
    const { ca, key, cert } = await ensureCertificates(dir);
    const selfSigned = async (name: string, from: number, to: number) => {
      const made = await generate([{ name: "commonName", value: name }], {
        keyType: "ec",
        algorithm: "sha256",
        notBeforeDate: new Date(from),
        notAfterDate: new Date(to),
        extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: name }] }],
      });
      return { key: made.private, cert: made.cert };
    };
    const day = 86_400_000;
    const now = Date.now();
    return {
      ca,
      localhost: { key, cert },
      otherName: await selfSigned("other.example.com", now - day, now + day),
      expired: await selfSigned("localhost", now - 3 * day, now - day),
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A GET without limits of its own, to change. */
export function describeGet(url: string, overrides: Partial<OutboundRequest> = {}): OutboundRequest {
  return {
    url,
    method: "GET",
    headers: [],
    body: null,
    proxy: { mode: "none" },
    trustedCa: null,
    connectTimeoutMs: testLimitMs,
    timeoutMs: testLimitMs,
    maxResponseBytes: 100_000,
    ...overrides,
  };
}

/** Sends all of a large body before it looks for an answer, as many clients do. @returns the answer as it came. */
export async function upload(port: number, path: string, bytes: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: portal\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\nConnection: close\r\n\r\n`,
  );
  const chunk = Buffer.alloc(64 * 1024, "x");
  for (let sent = 0; sent < bytes; sent += chunk.length) {
    if (!socket.write(chunk.subarray(0, Math.min(chunk.length, bytes - sent)))) await once(socket, "drain");
  }
  await once(socket, "end");
  return Buffer.concat(chunks).toString();
}
