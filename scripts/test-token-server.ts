import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { CredentialInput } from "#lib/oauth/credentials/schema.ts";
import { closePools } from "#lib/platform/net/pools.ts";
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
};

/** A body, with status and headers. */
export function sendText(body: string | Buffer, status = 200, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(status, headers).end(body);
}

/** JSON, with status and headers. */
export function sendJson(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return sendText(JSON.stringify(value), status, { "content-type": "application/json", ...headers });
}

let issued = 0;
/** Issues a token that no other answer has. */
export const issueToken: Answer = (response, form) =>
  sendJson({ access_token: `token-${++issued}`, token_type: "Bearer", expires_in: 3600 })(response, form);

/** Issues the token `token-of-NAME`. */
export function issueTokenOf(name: string): Answer {
  return sendJson({ access_token: `token-of-${name}`, token_type: "Bearer", expires_in: 3600 });
}

/** Answers that a test holds back until it releases them. */
export type Held = {
  /** Holds back an answer. */
  hold: (answer: Answer) => Answer;
  /** Sends the answers of the requests that wait now. */
  release: () => void;
  waiting: (() => void)[];
  /** The most requests that waited at once. */
  most: number;
};

/** Holds answers back, so that a request takes as long as a test needs. */
export function holdAnswers(): Held {
  const held: Held = {
    waiting: [],
    most: 0,
    hold: (answer) => (response, form) => {
      held.waiting.push(() => answer(response, form));
      held.most = Math.max(held.most, held.waiting.length);
    },
    release: () => {
      for (const send of held.waiting.splice(0)) send();
    },
  };
  return held;
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
      let body = "";
      for await (const chunk of request) body += chunk;
      (server.answers.get(name) ?? issueTokenOf(name))(response, new URLSearchParams(body));
    }, certificates.localhost);
    server.port = listening.port;
    server.reset = ({ socket }) => listening.reset(socket?.remotePort ?? 0);
    server.certificate = certificates.localhost.cert;
    close = listening.close;
  });
  beforeEach(() => {
    server.answers.clear();
    server.asked.clear();
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
