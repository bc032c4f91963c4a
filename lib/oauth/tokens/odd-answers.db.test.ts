import { generateKeyPairSync } from "node:crypto";
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { eq } from "drizzle-orm";
import { decodeJwt, UnsecuredJWT } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { explainFailure } from "#lib/oauth/explanations/explain.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTokenLimits } from "#scripts/set-up-token-limits.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { readRow, store, subjectOf } from "#scripts/test-sandbox.ts";
import { raiseTokenLimits } from "#scripts/test-token-limits.ts";
import { type Answer, describeClientOf, sendJson, sendText, setUpTokenServer } from "#scripts/test-token-server.ts";
import { createTokenCache } from "./get-token.ts";
import { tokenRequestLimits } from "./limits.ts";
import type { TokenClient } from "./model.ts";
import { requestToken } from "./request-token.ts";

// What providers really answer, good and bad, over a real socket: for each what the credential's page says, and when the next attempt is.

setUpTestDatabase();
const server = setUpTokenServer();
const second = 1000;
const minute = 60 * second;
const providers = ["entra", "generic"] as const;
setUpTokenLimits();
beforeEach(raiseTokenLimits);

/** Asks once with a clock that stands. */
async function ask(provider: "entra" | "generic", answer: Answer) {
  const name = `t${Math.random().toString(36).slice(2)}`;
  server.answers.set(name, answer);
  const credential = await store(describeClientOf(server, name, { provider }));
  const now = Date.now();
  const cache = createTokenCache({ now: () => now, random: () => 0, requestToken });
  const outcome = await Promise.resolve(cache.getToken(subjectOf(credential), { cause: "test" })).then(
    (token) => ({ token, error: null }),
    (error) => ({ token: null, error }),
  );
  const row = await readRow(credential.id);
  const events = await getDb().select().from(credentialEvents).where(eq(credentialEvents.credentialId, credential.id));
  expect(events).toHaveLength(1);
  return {
    ...outcome,
    row,
    event: events[0],
    now,
    asked: server.asked.get(name),
    restMs: row.nextCheckAt!.getTime() - now,
  };
}

const token = { access_token: "token-1", token_type: "Bearer", expires_in: 3600 };
const without = (member: keyof typeof token) => ({ ...token, [member]: undefined });

type Good = [name: string, answer: Answer, seconds: number, description?: RegExp];
const good: Good[] = [
  ["the token_type bearer", sendJson({ ...token, token_type: "bearer" }), 3600],
  ["the token_type BEARER", sendJson({ ...token, token_type: "BEARER" }), 3600],
  ["the token_type bEaReR", sendJson({ ...token, token_type: "bEaReR" }), 3600],
  ["no token_type", sendJson(without("token_type")), 3600],
  ["expires_in as a string", sendJson({ ...token, expires_in: "3599" }), 3599],
  ["no expires_in, which is taken for 5 minutes", sendJson(without("expires_in")), 300],
  ["expires_in 0, which is taken for 5 minutes", sendJson({ ...token, expires_in: 0 }), 300],
  ["a negative expires_in, which is taken for 5 minutes", sendJson({ ...token, expires_in: -1 }), 300],
  ["the token_type of eBay", sendJson({ ...token, token_type: "Application Access Token" }), 3600],
  ["Bearer in front of it", sendJson({ ...token, access_token: "Bearer token-1" }), 3600],
  ["expires_in a year, of which a day is believed", sendJson({ ...token, expires_in: 31_536_000 }), 86_400],
  ["no scope", sendJson(token), 3600],
  ["the scope that was asked for", sendJson({ ...token, scope: "api://orders/.default" }), 3600],
  [
    "another scope than asked for, which the event log says",
    sendJson({ ...token, scope: "api://orders/read" }),
    3600,
    /^Granted is the scope "api:\/\/orders\/read", asked for was "api:\/\/orders\/.default"\.$/,
  ],
  ["a charset that it is not in", sendJson(token, 200, { "content-type": "application/json; charset=utf-16" }), 3600],
  ["a content type that is none of JSON", sendJson(token, 200, { "content-type": "text/html" }), 3600],
  ["a byte order mark", sendText(`\ufeff${JSON.stringify(token)}`), 3600],
  [
    "bytes of another charset in a member that nobody reads",
    sendText(Buffer.from(JSON.stringify({ ...token, tenant: "Köln" }), "latin1")),
    3600,
  ],
  ["gzip that nobody asked for", sendText(gzipSync(JSON.stringify(token)), 200, { "content-encoding": "gzip" }), 3600],
];
describe.each(providers)("%s: a token", (provider) => {
  test.each(good)("with %s", async (_, answer, seconds, description) => {
    const { token: issued, row, event, now, asked } = await ask(provider, answer);
    expect(asked).toBe(1);
    expect(issued).toMatchObject({ accessToken: "token-1", expiresAt: now + seconds * second });
    expect(row).toMatchObject({ status: "active", errorCode: null, tokenExpiresAt: new Date(now + seconds * second) });
    expect(event).toMatchObject({ outcome: "succeeded" });
    if (description) expect(event?.description).toMatch(description);
    else expect(event?.description).toBeNull();
  });
});

const html = (status: number) =>
  sendText("<html><title>Sign in</title></html>", status, { "content-type": "text/html" });
const reset = (response: ServerResponse) => {
  response.writeHead(200, { "content-length": 500 });
  response.write('{"access_token":"abc', () => server.reset(response));
};
/** A byte now and again, and never the whole. */
const trickle = (response: ServerResponse) => {
  response.writeHead(200, { "content-type": "application/json" });
  const timer = setInterval(() => response.write(" "), 50);
  response.once("close", () => clearInterval(timer));
};
const date = (ms: number) => new Date(ms).toUTCString();
/** @param retryAfter by the time of the answer. @param clock how far the provider's is ahead. */
const limited = (retryAfter: (now: number) => string, clock = 0): Answer => {
  return (response) => {
    const now = Date.now();
    response.writeHead(429, { "retry-after": retryAfter(now), date: date(now + clock) }).end();
  };
};

type Bad = [
  name: string,
  answer: Answer,
  expected: {
    status: "action_needed" | "degraded";
    code: string;
    says: RegExp;
    field?: string | null;
    providerCode?: string;
    /** Of the next attempt, from now on. */
    restMs?: number;
  },
];
const bad: Bad[] = [
  [
    "a token_type that is no bearer's",
    sendJson({ ...token, token_type: "DPoP" }),
    { status: "degraded", code: "token_response_invalid", says: /another type than Bearer \(DPoP\)/ },
  ],
  [
    "403 and nothing for a wrong secret",
    sendText("", 403),
    {
      status: "action_needed",
      code: "token_request_refused",
      field: "clientSecret",
      says: /answered 403 and gave no reason: client id, secret, authentication method or scope/,
    },
  ],
  [
    "401 and nothing",
    sendText("", 401),
    { status: "action_needed", code: "token_request_refused", field: "clientSecret", says: /answered 401/ },
  ],
  [
    "invalid_client",
    sendJson({ error: "invalid_client", error_description: "No." }, 401),
    {
      status: "action_needed",
      code: "token_request_refused",
      providerCode: "invalid_client",
      field: "clientSecret",
      says: /does not accept the client ID and its secret \(invalid_client\)/,
    },
  ],
  [
    "HTML with 200",
    html(200),
    { status: "degraded", code: "token_response_invalid", says: /answered 200 with a web page \("Sign in"\)/ },
  ],
  [
    "HTML with 502",
    html(502),
    { status: "degraded", code: "token_endpoint_unavailable", field: null, says: /can't answer for now \(502\)/ },
  ],
  [
    "{} with 200",
    sendJson({}),
    { status: "degraded", code: "token_response_invalid", says: /answered without an access_token/ },
  ],
  [
    "nothing with 200",
    sendText(""),
    { status: "degraded", code: "token_response_invalid", says: /answered 200 with an empty body/ },
  ],
  [
    "an error with 200",
    sendJson({ error: "invalid_scope" }),
    {
      status: "action_needed",
      code: "token_request_refused",
      providerCode: "invalid_scope",
      field: "scope",
      says: /does not accept the scope \(invalid_scope\)/,
    },
  ],
  [
    "an error beside a token",
    sendJson({ ...token, error: "unauthorized_client" }),
    {
      status: "action_needed",
      code: "token_request_refused",
      providerCode: "unauthorized_client",
      field: "clientId",
      says: /does not let this client ask/,
    },
  ],
  [
    "a redirect, which the secret does not follow",
    sendText("", 307, { location: "https://localhost/elsewhere" }),
    {
      status: "action_needed",
      code: "token_response_invalid",
      says: /answered 307, a redirect to localhost; a client's secret is never sent on/,
    },
  ],
  [
    "a redirect to a sign-in page",
    sendText("", 302, { location: "/signin" }),
    { status: "action_needed", code: "token_response_invalid", says: /answered 302, a redirect/ },
  ],
  [
    "a connection reset in the middle",
    reset,
    {
      status: "action_needed",
      restMs: second,
      code: "connection_failed",
      says: /was lost before the body was complete \(ECONNRESET\)/,
    },
  ],
  [
    "a connection closed at once",
    (response) => response.socket?.destroy(),
    {
      status: "action_needed",
      restMs: second,
      code: "connection_failed",
      says: /was lost before the answer was complete/,
    },
  ],
  [
    "a body in UTF-16",
    sendText(Buffer.from(JSON.stringify(token), "utf16le"), 200, { "content-type": "application/json" }),
    { status: "degraded", code: "token_response_invalid", says: /something that is not a JSON object/ },
  ],
  [
    "an error in another charset, which is read all the same",
    sendText(Buffer.from('{"error":"quota","error_description":"Schlüssel ungültig"}', "latin1"), 400),
    {
      status: "action_needed",
      code: "token_request_refused",
      providerCode: "quota",
      says: /refused the token request: quota: Schlüssel ungültig/,
    },
  ],
  [
    "503",
    sendText("", 503),
    { status: "degraded", code: "token_endpoint_unavailable", field: null, says: /can't answer for now \(503\)/ },
  ],
  [
    "429",
    sendText("", 429),
    { status: "degraded", code: "token_endpoint_unavailable", field: null, says: /limits how often it may be asked/ },
  ],
  [
    "429 with Retry-After in seconds",
    limited(() => "90"),
    {
      status: "degraded",
      code: "token_endpoint_unavailable",
      field: null,
      says: /\(429\)/,
      restMs: 90 * second,
    },
  ],
  [
    "429 with Retry-After in decimals",
    limited(() => "299.5"),
    { status: "degraded", code: "token_endpoint_unavailable", field: null, says: /\(429\)/, restMs: 299_500 },
  ],
  [
    "403 with the provider's own format",
    sendJson({ message: "No API key found" }, 403),
    {
      status: "action_needed",
      code: "token_request_refused",
      field: "clientSecret",
      says: /refused the token request \(403\)\. The provider says: “No API key found”/,
    },
  ],
  [
    "429 with Retry-After as a date",
    limited((now) => date(now + 10 * minute)),
    {
      status: "degraded",
      code: "token_endpoint_unavailable",
      field: null,
      says: /\(429\)/,
      restMs: 600 * second,
    },
  ],
  [
    "429 with a date by a clock that is 5 minutes ahead",
    limited((now) => date(now + 15 * minute), 5 * minute),
    {
      status: "degraded",
      code: "token_endpoint_unavailable",
      field: null,
      says: /\(429\)/,
      restMs: 600 * second,
    },
  ],
  [
    "429 with a date by a clock that is 5 minutes behind",
    limited((now) => date(now - 3 * minute), -5 * minute),
    {
      status: "degraded",
      code: "token_endpoint_unavailable",
      field: null,
      says: /\(429\)/,
      restMs: 120 * second,
    },
  ],
  [
    "429 with Retry-After next year, of which an hour is kept",
    limited(() => "31536000"),
    {
      status: "degraded",
      code: "token_endpoint_unavailable",
      field: null,
      says: /\(429\)/,
      restMs: 60 * minute,
    },
  ],
  [
    "a gzip bomb",
    sendText(gzipSync(Buffer.alloc(50_000_000)), 200, { "content-encoding": "gzip" }),
    { status: "degraded", code: "response_too_large", says: /larger than 262144 bytes\. No token is that large/ },
  ],
];
describe.each(providers)("%s: an answer that is", (provider) => {
  test.each(bad)("%s", async (_, answer, expected) => {
    const { error, row, event, restMs, asked } = await ask(provider, answer);
    expect(asked).toBe(1);
    expect(error).toMatchObject({ name: "AppError", code: expected.code });
    expect(row).toMatchObject({
      status: expected.status,
      errorCode: expected.code,
      providerCode: expected.providerCode ?? null,
      statusField: expected.field === undefined ? expect.anything() : expected.field,
      tokenExpiresAt: null,
    });
    expect(row.statusReason).toMatch(expected.says);
    expect(event).toMatchObject({ outcome: "failed", errorCode: expected.code });
    expect(restMs).toBe(expected.restMs ?? (expected.status === "degraded" ? second : minute));
  });

  test.each<[string, Answer]>([
    ["none at all", () => undefined],
    ["a byte now and again", trickle],
  ])("%s: it ends with the timeout", async (_, answer) => {
    // Long enough for the answer to begin, on any but the slowest machines; if not, it ends with the same error.
    tokenRequestLimits.timeoutMs = 400;
    const { row, restMs } = await ask(provider, answer);
    expect(row).toMatchObject({ status: "action_needed", errorCode: "timeout", statusField: "endpointUrl" });
    expect(row.statusReason).toMatch(/did not answer completely within 400 ms\. The provider may be slow/);
    expect(restMs).toBe(second);
  });

  test.each([
    ["100 MB that it announces", true],
    ["100 MB that it does not announce", false],
  ])("%s: it is cut off", async (_, announces) => {
    const chunk = Buffer.alloc(65_536, " ");
    let written = 0;
    const answer: Answer = (response) => {
      response.writeHead(200, announces ? { "content-length": 100_000_000 } : {});
      const write = () => {
        while (written < 100_000_000 && !response.destroyed) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once("drain", write);
        }
        response.end();
      };
      write();
    };
    const { row } = await ask(provider, answer);
    expect(row).toMatchObject({ status: "degraded", errorCode: "response_too_large" });
    expect(row.statusReason).toMatch(/No token is that large/);
    expect(written).toBeLessThan(20_000_000);
  });
});

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const clocks = [
  ["ahead of", -5 * minute],
  ["behind", 5 * minute],
] as const;
describe.each(providers)("%s: a clock here that is 5 minutes", (provider) => {
  test.each(clocks)("%s the provider's does not shorten or lengthen a token's life", async (_, offset) => {
    const issue = (response: ServerResponse) => {
      const issuedAt = Math.floor((Date.now() + offset) / 1000);
      const access_token = new UnsecuredJWT({ iat: issuedAt, nbf: issuedAt, exp: issuedAt + 3600 }).encode();
      response.writeHead(200, { date: date(Date.now() + offset) }).end(JSON.stringify({ ...token, access_token }));
    };
    const { token: issued, now } = await ask(provider, issue);
    expect(issued?.expiresAt).toBe(now + 3600 * second);
  });

  test.each(clocks)("%s the provider's is named when it refuses a signed request", async (side, offset) => {
    const now = Date.now();
    const client: TokenClient = {
      provider,
      endpointUrl: `https://localhost:${server.port}/signed/oauth2/v2.0/token`,
      clientId: "client-1",
      clientAuthentication: "private_key_jwt",
      presentCertificate: false,
      clientSecret: null,
      privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      certificate: server.certificate,
      scope: "api://orders/.default",
      tokenParameters: [],
      tokenHeaders: [],
      tokenMember: null,
      acceptAnyTokenType: false,
      proxy: { mode: "none" },
      trustedCa: null,
    };
    let assertion: ReturnType<typeof decodeJwt> | undefined;
    server.answers.set("signed", (response, form) => {
      assertion = decodeJwt(form.get("client_assertion") ?? "");
      sendJson({ error: "invalid_client" }, 401, { date: date(now + offset) })(response, form);
    });
    const refused = await requestToken(client, () => now).catch((err) => err);
    expect(assertion).toMatchObject({ iss: "client-1" });
    expect(explainFailure(refused)).toMatchObject({
      words: `The provider does not accept the signed request (invalid_client), and this machine's clock is 5 min ${side} the provider's`,
      hint: expect.stringContaining("Set the clock"),
      field: null,
    });
  });
});
