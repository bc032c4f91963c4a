import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { CredentialInput } from "#lib/credentials/schema.ts";
import { closePools } from "#lib/net/pools.ts";
import { listen, makeCertificates } from "./test-servers.ts";

/** How a token endpoint answers one request. */
export type Answer = (response: ServerResponse, form: URLSearchParams) => unknown;

export type TokenServer = {
  port: number;
  /** PEM. */
  certificate: string;
  /** Resets the connection of an answer, beneath TLS. */
  reset: (response: ServerResponse) => void;
  /** Answers of each path segment that stands for a tenant; without one it issues tokens. */
  answers: Map<string, Answer>;
  /** Requests so far, by the same segment. */
  asked: Map<string, number>;
  /** Requests that are being answered now, and the most there ever were at once. */
  inFlight: { now: number; most: number };
};

/** A body, with status and headers. */
export function sendText(body: string | Buffer, status = 200, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(status, headers).end(body);
}

/** JSON, with status and headers. */
export function sendJson(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return sendText(JSON.stringify(value), status, { "content-type": "application/json", ...headers });
}

/**
 * Serves token endpoints over TLS for a test file, `/{name}/oauth2/v2.0/token` for any name, each to misbehave as told. This
 * process trusts it and may reach it. After `setUpTestDatabase`.
 */
export function setUpTokenServer(): TokenServer {
  const dir = mkdtempSync(join(tmpdir(), "sallyport-token-server-"));
  const server: TokenServer = {
    port: 0,
    certificate: "",
    reset: () => undefined,
    answers: new Map(),
    asked: new Map(),
    inFlight: { now: 0, most: 0 },
  };
  let close = async () => undefined as unknown;
  beforeAll(async () => {
    const certificates = await makeCertificates();
    writeFileSync(join(dir, "ca.pem"), certificates.ca);
    process.env.SALLYPORT_EXTRA_CA = join(dir, "ca.pem");
    process.env.SALLYPORT_EGRESS = "allow:loopback";
    const listening = await listen(async (request, response) => {
      const name = request.url?.split("/")[1] ?? "";
      server.asked.set(name, (server.asked.get(name) ?? 0) + 1);
      server.inFlight.now += 1;
      server.inFlight.most = Math.max(server.inFlight.most, server.inFlight.now);
      response.once("close", () => {
        server.inFlight.now -= 1;
      });
      let body = "";
      for await (const chunk of request) body += chunk;
      const issue = sendJson({ access_token: `token-of-${name}`, token_type: "Bearer", expires_in: 3600 });
      (server.answers.get(name) ?? issue)(response, new URLSearchParams(body));
    }, certificates.localhost);
    server.port = listening.port;
    server.reset = ({ socket }) => listening.reset(socket?.remotePort ?? 0);
    server.certificate = certificates.localhost.cert;
    close = listening.close;
  });
  beforeEach(() => {
    server.answers.clear();
    server.asked.clear();
    server.inFlight.most = server.inFlight.now;
  });
  afterAll(async () => {
    await closePools();
    await close();
    rmSync(dir, { recursive: true, force: true });
  });
  return server;
}

/** A credential of one of the server's endpoints, as it would be entered. */
export function describeClientOf(
  server: TokenServer,
  name: string,
  overrides: Partial<CredentialInput> = {},
): CredentialInput {
  return {
    name: `${name} ${Math.random()}`,
    type: "application",
    provider: "generic",
    endpointUrl: `https://localhost:${server.port}/${name}/oauth2/v2.0/token`,
    clientId: "client-1",
    clientSecret: "a-secret-of-the-client",
    scope: "api://orders/.default",
    ...overrides,
  };
}
