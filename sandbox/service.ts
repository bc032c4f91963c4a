import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { SandboxCertificates } from "./certificates.ts";
import type { ServiceRequest } from "./control.ts";
import { cutConnection, type Exchange, onAnswer, sendJson } from "./exchange.ts";
import { listenOnLoopback } from "./listen.ts";
import { type Orders, serveOrders } from "./orders.ts";
import { readBody } from "./request-body.ts";
import { createSoapService } from "./soap.ts";
import { STOCK_NAMESPACE } from "./soap-documents.ts";
import { writeEnvelope } from "./soap-envelope.ts";
import type { TokenVerifier, VerifiedToken } from "./token-verification.ts";

/** What `/basic` lets in. */
export const BASIC_USER = "orders";
export const BASIC_PASSWORD = "sandbox-basic-password";

const REQUESTS_KEPT = 500;
const LARGEST_ANSWER_BYTES = 256 * 1024 * 1024;
const FAST_ANSWER = Buffer.from('{"ok":true}');
const FAST_HEADERS = { "content-type": "application/json", "content-length": FAST_ANSWER.length };

/** The same for SOAP: what GetStock answers. */
const FAST_SOAP_PATH = "/fast-soap";
const FAST_SOAP_ANSWER = Buffer.from(
  writeEnvelope(
    "1.1",
    `<GetStockResponse xmlns="${STOCK_NAMESPACE}"><item>AB-1234</item><quantity>100</quantity><unit>piece</unit><countedAt>2026-05-01T06:00:00Z</countedAt></GetStockResponse>`,
  ),
);
const FAST_SOAP_HEADERS = { "content-type": "text/xml; charset=utf-8", "content-length": FAST_SOAP_ANSWER.length };

export interface ServiceOptions {
  certificates: SandboxCertificates;
  port: number;
  tlsPort: number;
  verifier: TokenVerifier;
  orders: Orders;
}

export interface SampleService {
  /** `http://localhost:PORT` */
  url: string;
  /** `https://localhost:PORT` */
  tlsUrl: string;
  refuseNext(times: number): void;
  listRequests(): ServiceRequest[];
  reset(): void;
  close(): Promise<void>;
}

/** Starts the sample service, over http and over https. */
export async function startService(options: ServiceOptions): Promise<SampleService> {
  const { certificates, verifier, orders } = options;
  let refusals = 0;
  let requests: ServiceRequest[] = [];
  const refusedOnce = new Map<string, string>();
  const soap = createSoapService();

  function respond(request: IncomingMessage, response: ServerResponse): void {
    if (request.url?.startsWith("/fast") && refusals === 0) {
      const token = verifier.recall(request.headers.authorization?.slice("Bearer ".length) ?? "");
      if (token) {
        const isSoap = request.url.startsWith(FAST_SOAP_PATH);
        response.writeHead(200, isSoap ? FAST_SOAP_HEADERS : FAST_HEADERS);
        response.end(isSoap ? FAST_SOAP_ANSWER : FAST_ANSWER);
        return;
      }
    }
    serve(request, response).catch((error: unknown) => {
      console.error("sandbox:", error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange: Exchange = { request, response, url: new URL(request.url ?? "/", "http://service"), token: null };
    if (!exchange.url.pathname.startsWith("/fast")) onAnswer(response, (status) => note(exchange, status));
    if (await serveOpenPath(exchange)) return;
    if (await soap.serveOpen(exchange)) return;

    const value = /^bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (!value) return refuse(response, undefined, "a bearer token is needed");
    const verdict = await verifier.verify(value);
    if ("problem" in verdict) return refuse(response, "invalid_token", verdict.problem);
    const { token } = verdict;
    exchange.token = token;
    if (refusals > 0) {
      refusals -= 1;
      return refuse(response, "invalid_token", "the sandbox was told to refuse this request");
    }
    if (exchange.url.pathname === "/revoked-once" && isFirstToken(token)) {
      return refuse(response, "invalid_token", "this path refuses the first token that a client brings");
    }
    if (exchange.url.pathname === FAST_SOAP_PATH) {
      response.writeHead(200, FAST_SOAP_HEADERS);
      response.end(FAST_SOAP_ANSWER);
      return;
    }
    if (exchange.url.pathname.startsWith("/fast")) return sendJson(response, 200, { ok: true });
    if (await soap.serve(exchange, () => isFirstToken(token))) return;
    if (await serveOrders(orders, exchange)) return;
    await echo(exchange);
  }

  function isFirstToken({ clientId, tokenId }: VerifiedToken): boolean {
    const first = refusedOnce.get(clientId);
    if (first === undefined) refusedOnce.set(clientId, tokenId);
    return first === undefined || first === tokenId;
  }

  function note({ request, url, token }: Exchange, status: number): void {
    requests.push({
      at: new Date().toISOString(),
      method: request.method ?? "",
      path: url.pathname + url.search,
      status,
      clientId: token?.clientId ?? null,
      tokenId: token?.tokenId ?? null,
    });
    if (requests.length > REQUESTS_KEPT * 2) requests = requests.slice(-REQUESTS_KEPT);
  }

  const plain = await listenOnLoopback(() => createServer(respond), options.port, "SANDBOX_SERVICE_PORT");
  const { key, cert } = certificates;
  const secure = await listenOnLoopback(
    () => createTlsServer({ key, cert }, respond),
    options.tlsPort,
    "SANDBOX_SERVICE_TLS_PORT",
  ).catch(async (error: unknown) => {
    await plain.close();
    throw error;
  });
  return {
    url: `http://localhost:${plain.port}`,
    tlsUrl: `https://localhost:${secure.port}`,
    refuseNext(times) {
      refusals = times;
    },
    listRequests: () => requests.slice(-REQUESTS_KEPT),
    reset() {
      refusals = 0;
      requests = [];
      refusedOnce.clear();
      orders.clear();
      soap.reset();
    },
    async close() {
      await Promise.all([plain.close(), secure.close(), verifier.close()]);
    },
  };
}

/** Serves the paths that need no token; resolves with false for the others. */
async function serveOpenPath(exchange: Exchange): Promise<boolean> {
  const { request, response, url } = exchange;
  const status = /^\/status\/([1-5]\d\d)$/.exec(url.pathname)?.[1];
  if (status) {
    sendJson(response, Number(status), { status: Number(status) });
    return true;
  }
  switch (url.pathname) {
    case "/public":
      await echo(exchange);
      return true;
    case "/basic":
      if (isBasicRight(request)) await echo(exchange);
      else {
        response.setHeader("www-authenticate", 'Basic realm="sandbox", charset="UTF-8"');
        sendJson(response, 401, { message: "user or password is wrong" });
      }
      return true;
    case "/html":
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      response.end("<!doctype html><title>Sandbox</title><h1>Not what a program expects</h1>\n");
      return true;
    case "/redirect":
      response.writeHead(Number(url.searchParams.get("status") ?? 302), {
        location: url.searchParams.get("to") ?? "/public",
      });
      response.end();
      return true;
    case "/slow": {
      const timer = setTimeout(() => void echo(exchange), Number(url.searchParams.get("ms") ?? 1000));
      response.once("close", () => clearTimeout(timer));
      return true;
    }
    case "/large":
      sendBytes(response, Math.min(Number(url.searchParams.get("bytes") ?? 1_000_000), LARGEST_ANSWER_BYTES));
      return true;
    case "/hang":
      return true;
    case "/reset":
      cutConnection(response);
      return true;
    default:
      return false;
  }
}

function isBasicRight(request: IncomingMessage): boolean {
  const expected = Buffer.from(`${BASIC_USER}:${BASIC_PASSWORD}`).toString("base64");
  return request.headers.authorization === `Basic ${expected}`;
}

/** Answers with what came; of the token only its audience, client and id. */
async function echo({ request, response, url, token }: Exchange): Promise<void> {
  const body = await readBody(request);
  const headers = { ...request.headers };
  if (headers.authorization) headers.authorization = `${headers.authorization.split(" ")[0]} [hidden]`;
  sendJson(response, 200, {
    method: request.method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers,
    token: token && { clientId: token.clientId, audience: token.audience, tokenId: token.tokenId, roles: token.roles },
    body: body.toString("utf8"),
  });
}

/** RFC 6750, section 3: without a token there is no error code. */
function refuse(response: ServerResponse, error: string | undefined, description: string): void {
  const details = error ? ` error="${error}", error_description="${description}"` : ' realm="sandbox"';
  response.setHeader("www-authenticate", `Bearer${details}`);
  sendJson(response, 401, { error: error ?? "unauthorized", message: description });
}

function sendBytes(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": bytes });
  const chunk = Buffer.alloc(64 * 1024, "x");
  let left = bytes;
  const write = () => {
    while (left > 0) {
      const part = left < chunk.length ? chunk.subarray(0, left) : chunk;
      left -= part.length;
      if (!response.write(part)) {
        response.once("drain", write);
        return;
      }
    }
    response.end();
  };
  write();
}
