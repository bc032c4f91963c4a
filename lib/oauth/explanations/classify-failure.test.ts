import { expect, test } from "vitest";
import { parseTokenAnswer } from "#lib/oauth/tokens/request/parse.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { classifyFailure } from "./classify-failure.ts";

const now = Date.parse("2026-01-01T00:00:00Z");
const minute = 60_000;

/** The error of an answer. */
function errorOf(status: number, body = ""): AppError {
  try {
    parseTokenAnswer({ status, headers: [], body: Buffer.from(body) }, "login.example.com", now);
  } catch (err) {
    return err as AppError;
  }
  throw new Error("no error");
}
const refused = (error: string, description?: string) =>
  errorOf(400, JSON.stringify({ error, error_description: description }));
const network = (code: AppError["code"]) => new AppError(code, "It failed.", { retryable: true });

const never = { version: 3, workedVersion: null, unexplainedSince: null };
const otherVersion = { version: 3, workedVersion: 2, unexplainedSince: null };
const worked = { version: 3, workedVersion: 3, unexplainedSince: null };
const workedLongAgo = { ...worked, unexplainedSince: now - 15 * minute };
const almost = { ...worked, unexplainedSince: now - 15 * minute + 1 };

type Row = [string, AppError, Parameters<typeof classifyFailure>[1], "action_needed" | "degraded", string | null];
const table: Row[] = [
  ["invalid_client", refused("invalid_client"), worked, "action_needed", "clientSecret"],
  ["invalid_scope", refused("invalid_scope"), worked, "action_needed", "scope"],
  ["unauthorized_client", refused("unauthorized_client"), never, "action_needed", "clientId"],
  ["invalid_grant", refused("invalid_grant"), never, "action_needed", "scope"],
  ["an error of the provider's own", refused("quota_exceeded"), worked, "action_needed", "clientSecret"],
  ["401 without an error, never worked", errorOf(401), never, "action_needed", "clientSecret"],
  ["401 without an error, has worked", errorOf(401), worked, "action_needed", "clientSecret"],
  ["403 without an error, never worked", errorOf(403), never, "action_needed", "clientSecret"],
  ["403 without an error, another version worked", errorOf(403), otherVersion, "action_needed", "clientSecret"],
  ["403 without an error, has worked", errorOf(403), worked, "degraded", "clientSecret"],
  ["the same just before 15 minutes", errorOf(403), almost, "degraded", "clientSecret"],
  ["the same after 15 minutes", errorOf(403), workedLongAgo, "action_needed", "clientSecret"],
  ["404, never worked", errorOf(404, "<html>"), never, "action_needed", "endpointUrl"],
  ["a redirect, never worked", errorOf(302), never, "action_needed", "endpointUrl"],
  ["a redirect, has worked", errorOf(302), worked, "degraded", "endpointUrl"],
  ["503, never worked", errorOf(503), never, "degraded", null],
  ["503 for long", errorOf(503), workedLongAgo, "degraded", null],
  ["429", errorOf(429), never, "degraded", null],
  ["a page", errorOf(200, "<html>"), never, "degraded", "endpointUrl"],
  ["an empty body", errorOf(200), never, "degraded", "endpointUrl"],
  ["no name, never worked", network("name_not_resolved"), never, "action_needed", "endpointUrl"],
  ["no name, has worked", network("name_not_resolved"), worked, "degraded", "endpointUrl"],
  ["no connection, another version worked", network("connection_failed"), otherVersion, "action_needed", "endpointUrl"],
  ["no connection, has worked", network("connection_failed"), worked, "degraded", "endpointUrl"],
  ["no TLS, never worked", network("tls_failed"), never, "action_needed", "endpointUrl"],
  ["no TLS, has worked", network("tls_failed"), worked, "degraded", "endpointUrl"],
  ["no answer in time, never worked", network("timeout"), never, "action_needed", "endpointUrl"],
  ["no answer in time, has worked", network("timeout"), worked, "degraded", "endpointUrl"],
  ["no proxy, never worked", network("proxy_unreachable"), never, "action_needed", "proxy.url"],
  ["no proxy, has worked", network("proxy_unreachable"), worked, "degraded", "proxy.url"],
  ["a proxy that breaks off, never worked", network("proxy_failed"), never, "action_needed", "proxy.url"],
  ["a proxy that breaks off, has worked", network("proxy_failed"), worked, "degraded", "proxy.url"],
  [
    "a proxy that can't reach the provider, never worked",
    network("proxy_target_unreachable"),
    never,
    "action_needed",
    "endpointUrl",
  ],
  [
    "a proxy that can't reach the provider, has worked",
    network("proxy_target_unreachable"),
    worked,
    "degraded",
    "endpointUrl",
  ],
  ["a proxy that refuses, never worked", network("proxy_refused"), never, "action_needed", "proxy.url"],
  ["a proxy that refuses, has worked", network("proxy_refused"), worked, "degraded", "proxy.url"],
  ["a proxy's 407, never worked", network("proxy_authentication_required"), never, "action_needed", "proxy.password"],
  ["a proxy's 407, has worked", network("proxy_authentication_required"), worked, "degraded", "proxy.password"],
  ["a policy that forbids it", new AppError("egress_denied", "No."), worked, "action_needed", "endpointUrl"],
  [
    "a missing secret",
    new AppError("invalid_input", "No secret.", { fields: [{ field: "clientSecret", message: "" }] }),
    worked,
    "action_needed",
    "clientSecret",
  ],
  ["a secret that does not open", new AppError("secret_unreadable", "No."), worked, "action_needed", "clientSecret"],
];
/** What can work again without a change, even if it never worked. */
const retried = new Set([
  "name_not_resolved",
  "connection_failed",
  "tls_failed",
  "timeout",
  "proxy_unreachable",
  "proxy_failed",
  "proxy_target_unreachable",
]);
test.each(table)("%s", (_, error, history, status, field) => {
  const verdict = classifyFailure(error, history, now);
  expect(verdict).toMatchObject({ status, statusField: field });
  expect(verdict.backoff).toBe(status === "action_needed" && !retried.has(error.code) ? "permanent" : "transient");
  expect(verdict.statusReason).toMatch(/\S\./);
});

test("tells a 4xx without a reason in just these words", () => {
  expect(classifyFailure(errorOf(403), never, now).statusReason).toContain(
    "The token endpoint answered 403 and gave no reason: client id, secret, authentication method or scope.",
  );
});

test("explains an AADSTS code in words, but decides nothing by it", () => {
  const expiredSecret = refused("invalid_client", "AADSTS7000222: The provided client secret keys are expired.");
  expect(classifyFailure(expiredSecret, worked, now)).toMatchObject({
    status: "action_needed",
    statusField: "clientSecret",
    statusReason: expect.stringContaining("The client secret has expired (invalid_client)"),
  });
  const noTenant = refused("invalid_request", "AADSTS90002: Tenant 'x' not found.");
  expect(classifyFailure(noTenant, never, now)).toMatchObject({ status: "action_needed", statusField: "endpointUrl" });
  const passing = errorOf(503, JSON.stringify({ error: "invalid_client", error_description: "AADSTS7000215: wrong." }));
  expect(classifyFailure(passing, worked, now).status).toBe("degraded");
});

test("repeats what a provider says that uses an error of its own", () => {
  expect(classifyFailure(refused("quota_exceeded", "Ten tokens a day."), worked, now)).toMatchObject({
    status: "action_needed",
    statusReason: expect.stringContaining(
      "login.example.com refused the token request: quota_exceeded: Ten tokens a day.",
    ),
  });
});

test("counts the 15 minutes from the first refusal without a reason, and anew after an answer of another kind", () => {
  const first = classifyFailure(errorOf(403), worked, now);
  expect(first).toMatchObject({ status: "degraded", unexplainedSince: now });
  const second = classifyFailure(errorOf(404), { ...worked, unexplainedSince: now }, now + 14 * minute);
  expect(second).toMatchObject({ status: "degraded", unexplainedSince: now });
  const between = classifyFailure(errorOf(503), { ...worked, unexplainedSince: now }, now + 14 * minute);
  expect(between).toMatchObject({ status: "degraded", unexplainedSince: null });
  expect(classifyFailure(errorOf(403), worked, now + 20 * minute)).toMatchObject({ status: "degraded" });
  expect(classifyFailure(refused("invalid_client"), workedLongAgo, now).unexplainedSince).toBeNull();
});

test.each([400, 401, 403, 503])("repeats what a provider says in another format, with the status %i", (status) => {
  const { statusReason } = classifyFailure(errorOf(status, '{"message":"client is locked"}'), never, now);
  expect(statusReason).toContain("The provider says: “client is locked”");
  expect(statusReason).not.toContain("gave no reason");
});

test("repeats what a provider says besides a known code", () => {
  const { statusReason } = classifyFailure(refused("invalid_client", "Locked since Monday."), never, now);
  expect(statusReason).toMatch(/secret \(invalid_client\)\. The provider says: “Locked since Monday\.”/);
});

test("names the grant type that is refused, and where it comes from", () => {
  const error = (details: object) =>
    new AppError("token_request_refused", "No.", {
      provider: { status: 400, code: "unsupported_grant_type", description: null, correlationId: null },
      details: { ...details },
    });
  expect(classifyFailure(error({ grantType: "client_credentials" }), never, now).statusReason).toContain(
    "support the grant type client_credentials (unsupported_grant_type)",
  );
  const inUrl = classifyFailure(error({ grantType: null, grantTypeInUrl: "account_credentials" }), never, now);
  expect(inUrl.statusReason).toContain("account_credentials, which the query of the Endpoint URL has");
});

test("names the encoding of HTTP Basic as a cause, if it changed the secret", () => {
  const provider = { status: 401, code: "invalid_client", description: null, correlationId: null };
  const error = new AppError("token_request_refused", "No.", { provider, details: { hasEncodedBasic: true } });
  expect(classifyFailure(error, never, now)).toMatchObject({
    statusField: "clientSecret",
    hint: expect.stringContaining("not encoded"),
  });
  expect(classifyFailure(refused("invalid_client"), never, now).hint).not.toContain("encode");
});
