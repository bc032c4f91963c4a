import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect } from "vitest";
import { createApiListener } from "#lib/api/app.ts";
import { allEndpoints } from "#lib/api/endpoints.ts";
import { testLimitMs } from "./test-limits.ts";

export type TestAnswer = {
  status: number;
  headers: Headers;
  text: string;
  json: ReturnType<typeof JSON.parse>;
};
export type TestRequest = { key?: string; body?: unknown; headers?: Record<string, string> };

/**
 * The API on a real socket, for a test file; call it at the top of the file. Every success is compared with what the
 * operation declares: a member that is missing, of another type or not declared fails the test.
 */
export function serveTestApi(options: Parameters<typeof createApiListener>[0] = {}) {
  const endpoints = options.endpoints ?? allEndpoints;
  let server: Server | undefined;
  const api = {
    url: "",
    /** Sent when a request names no key of its own. */
    key: undefined as string | undefined,
    /** Every answer's headers and body so far, as text. */
    answers: [] as string[],
    /** Operations that have answered with success, as `POST /nodes/{id}`. */
    succeeded: new Set<string>(),
    /** Sends a request; a body that is no string is sent as JSON. Paths are below /api/v1. */
    async call(method: string, path: string, request: TestRequest = {}): Promise<TestAnswer> {
      const { key = api.key, body, headers = {} } = request;
      const response = await fetch(
        api.url + (/^\/(api\/|healthz|readyz|metrics)/.test(path) ? path : `/api/v1${path}`),
        {
          method,
          headers: {
            ...(key ? { Authorization: `Bearer ${key}` } : {}),
            ...(body === undefined ? {} : { "Content-Type": "application/json" }),
            ...headers,
          },
          body: body === undefined || typeof body === "string" ? (body as string | undefined) : JSON.stringify(body),
        },
      );
      const text = await response.text();
      api.answers.push(`${[...response.headers].join("\n")}\n${text}`);
      const json = parseJson(text);
      if (response.ok) checkDeclared(method, path, response.status, json);
      return { status: response.status, headers: response.headers, text, json };
    },
  };

  function checkDeclared(method: string, path: string, status: number, json: unknown): void {
    const pathname = path.split("?")[0] ?? "";
    const endpoint = endpoints.find(
      (known) =>
        known.method === method.toLowerCase() && new RegExp(`^${known.path.replace("{id}", "[^/]+")}$`).test(pathname),
    );
    if (!endpoint) return;
    api.succeeded.add(`${method} ${endpoint.path}`);
    expect(status, `${method} ${path}`).toBe(endpoint.answer ? (endpoint.status ?? 200) : 204);
    if (endpoint.answer) expect(endpoint.answer.parse(json), `${method} ${path}`).toEqual(json);
  }

  beforeAll(async () => {
    const listening = createServer(createApiListener(options));
    server = listening;
    // An idle connection never closes in the middle of a request, however slow the machine is.
    listening.keepAliveTimeout = testLimitMs;
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    api.url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
  });
  return api;
}

export type TestApi = ReturnType<typeof serveTestApi>;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
