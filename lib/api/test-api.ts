import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";
import { createApiListener } from "./app.ts";

export type TestAnswer = { status: number; headers: Headers; text: string; json: Record<string, unknown> };
export type TestRequest = { key?: string; body?: unknown; headers?: Record<string, string> };

/** The API on a real socket, for a test file. Call it at the top of the file. */
export function serveTestApi(options?: Parameters<typeof createApiListener>[0]) {
  let server: Server | undefined;
  const api = {
    url: "",
    /** Every answer's headers and body so far, as text. */
    answers: [] as string[],
    /** Sends a request; a body that is no string is sent as JSON. Paths begin with a slash, below /api/v1 unless they say otherwise. */
    async call(method: string, path: string, request: TestRequest = {}): Promise<TestAnswer> {
      const { key, body, headers = {} } = request;
      const response = await fetch(api.url + (/^\/(api|healthz|readyz)/.test(path) ? path : `/api/v1${path}`), {
        method,
        headers: {
          ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          ...headers,
        },
        body: body === undefined || typeof body === "string" ? (body as string | undefined) : JSON.stringify(body),
      });
      const text = await response.text();
      api.answers.push(`${[...response.headers].join("\n")}\n${text}`);
      return { status: response.status, headers: response.headers, text, json: parseJson(text) };
    },
  };
  beforeAll(async () => {
    const listening = createServer(createApiListener(options));
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    api.url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
  });
  return api;
}

function parseJson(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
