import { expect, test } from "vitest";
import type { CheckStepName } from "#lib/oauth/explanations/step-names.ts";
import type { CheckNotes, TokenClient } from "#lib/oauth/tokens/model.ts";
import { AppError, type ErrorCode } from "#lib/platform/errors/app-error.ts";
import { startHop, startTrace } from "#lib/platform/net/trace.ts";
import { inspectApplication } from "./inspect-application.ts";

const now = Date.parse("2026-06-01T12:00:00Z");
const client: TokenClient = {
  provider: "generic",
  endpointUrl: "https://login.example.com/token",
  clientId: "orders",
  clientAuthentication: "client_secret_post",
  presentCertificate: false,
  clientSecret: "secret",
  privateKey: null,
  certificate: null,
  scope: "orders.read orders.write",
  tokenParameters: [],
  tokenHeaders: [],
  tokenMember: null,
  acceptAnyTokenType: false,
  proxy: { mode: "none" },
  trustedCa: null,
};

/** The way as it is when the endpoint has answered. */
function openWay(date: string | null = new Date(now).toUTCString()) {
  const hop = { ...startHop("login.example.com", "443", true), addresses: ["192.0.2.1"], lookupMs: 1, connectMs: 2 };
  const toHost = {
    ...hop,
    dialled: ["192.0.2.1"],
    address: "192.0.2.1",
    tls: { protocol: "TLSv1.3", certificate: null, ms: 3 },
    isOpen: true,
  };
  return {
    ...startTrace(),
    way: "direct" as const,
    noProxyReason: "No proxy is set.",
    toHost,
    answer: { status: 200, ms: 4, date, at: now },
  };
}

function errorWith(code: ErrorCode, status: number | null = null, providerCode: string | null = null): AppError {
  const provider = { status, code: providerCode, description: null, correlationId: null };
  return new AppError(code, "It failed.", { provider: status === null ? undefined : provider });
}

const fail = (error: AppError, way = openWay()) =>
  inspectApplication(
    client,
    async (notes: CheckNotes) => {
      notes.trace = way;
      throw error;
    },
    () => now,
  );
const succeed = (accessToken: string, scope: string | null = null, way = openWay()) =>
  inspectApplication(
    client,
    async (notes: CheckNotes) => {
      notes.trace = way;
      notes.received = { scope, requestedAt: now };
      return { accessToken, expiresAt: now + 3_600_000 };
    },
    () => now,
  );
const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;

const table: [string, AppError, CheckStepName][] = [
  ["a missing secret", errorWith("invalid_input"), "configuration"],
  ["a disabled credential", errorWith("credential_disabled"), "configuration"],
  ["a refused proxy password", errorWith("proxy_authentication_required"), "proxy"],
  ["an outage", errorWith("token_endpoint_unavailable", 503), "token_endpoint"],
  ["a page in place of a token", errorWith("token_response_invalid", 200), "token_endpoint"],
  ["a 404", errorWith("token_request_refused", 404), "token_endpoint"],
  ["invalid_request", errorWith("token_request_refused", 400, "invalid_request"), "token_endpoint"],
  ["a 403 without a reason", errorWith("token_request_refused", 403), "client"],
  ["invalid_client", errorWith("token_request_refused", 401, "invalid_client"), "client"],
  ["an error of the provider's own", errorWith("token_request_refused", 400, "quota_exceeded"), "client"],
  ["invalid_scope", errorWith("token_request_refused", 400, "invalid_scope"), "scope"],
];
test.each(table)(
  "%s fails the right step: none before it failed, those after are skipped with why",
  async (_, error, failed) => {
    const { steps, failure, accessToken } = await fail(error);
    const at = steps.findIndex(({ step }) => step === failed);
    expect(steps.map(({ verdict }) => verdict === "fail")).toEqual(steps.map((_, index) => index === at));
    expect(steps[at]?.detail).toMatch(
      error.provider?.code ? new RegExp(`${error.provider.code}\\)\\.$|^It failed\\.$`) : /^It failed\.$/,
    );
    expect(steps[at]?.hint).not.toBe("");
    for (const { verdict, detail } of steps.slice(at + 1)) {
      expect({ verdict, detail }).toEqual({
        verdict: "skipped",
        detail: expect.stringMatching(/^Not looked at, since “.+” failed\.$/),
      });
    }
    expect(steps.at(-1)?.step).toBe("clock");
    expect(failure).toBe(error);
    expect(accessToken).toBeNull();
  },
);

test("a token passes every step, with its claims and never itself", async () => {
  const token = jwt({ iss: "https://issuer", aud: "api://orders", roles: ["a", "b"], iat: now / 1000, uti: "private" });
  const { steps } = await succeed(token, "orders.read orders.write");
  expect(steps.map(({ step, verdict }) => `${step} ${verdict}`)).toEqual([
    "configuration pass",
    "name_resolution pass",
    "proxy skipped",
    "tcp pass",
    "tls pass",
    "token_endpoint pass",
    "client pass",
    "scope pass",
    "token pass",
    "clock pass",
  ]);
  expect(steps[8]?.detail).toContain("2026-06-01T13:00:00.000Z");
  expect(steps[8]?.facts).toEqual([
    { name: "iss (issuer)", value: "https://issuer" },
    { name: "aud (audience)", value: "api://orders" },
    { name: "roles (roles)", value: "a, b" },
    { name: "iat (issued)", value: "2026-06-01T12:00:00.000Z" },
    { name: "More claims", value: "uti" },
  ]);
  expect(JSON.stringify(steps)).not.toContain(token.split(".")[1]);
  expect(JSON.stringify(steps)).not.toContain("private");
});

test("an opaque token has no claims, and says so", async () => {
  const { steps } = await succeed("opaque-token");
  expect(steps[8]).toMatchObject({ step: "token", verdict: "pass", facts: [] });
  expect(steps[8]?.detail).toMatch(/opaque/);
});

test("less than was asked for is named at the field Scope", async () => {
  const { steps } = await succeed("opaque", "orders.read");
  expect(steps[7]).toMatchObject({
    verdict: "pass",
    detail: "Asked for orders.read orders.write, granted orders.read.",
    field: "scope",
    hint: "Scope: The provider did not grant orders.write: ask its operator whether the client may have it.",
  });
  expect((await succeed("opaque", null)).steps[7]).toMatchObject({ verdict: "pass", hint: null });
});

test("an Entra token without roles is mentioned", async () => {
  const ask = async (notes: CheckNotes) => {
    notes.trace = openWay();
    return { accessToken: jwt({ aud: "api://orders" }), expiresAt: now + 1000 };
  };
  const { steps } = await inspectApplication({ ...client, provider: "entra" }, ask, () => now);
  expect(steps.find(({ step }) => step === "token")).toMatchObject({
    field: "scope",
    hint: expect.stringMatching(/no roles/),
  });
});

const seconds = (ahead: number) => new Date(now + ahead * 1000).toUTCString();
test.each([
  ["right", 0, "pass", false],
  ["half a minute ahead", 30, "pass", false],
  ["two minutes behind", -120, "pass", true],
  ["seven minutes ahead", 420, "fail", true],
  ["an hour behind", -3600, "fail", true],
])("a provider's clock that is %s", async (_, ahead, verdict, isMentioned) => {
  const { steps } = await succeed("opaque", null, openWay(seconds(ahead)));
  expect(steps[9]).toMatchObject({ step: "clock", verdict });
  expect(steps[9]?.hint !== null).toBe(isMentioned);
  const { steps: failed } = await fail(
    errorWith("token_request_refused", 401, "invalid_client"),
    openWay(seconds(ahead)),
  );
  expect(/clock is/.test(failed.find(({ step }) => step === "client")?.hint ?? "")).toBe(isMentioned);
});

test("without a Date the token's iat tells, when it lies in the future", async () => {
  const clock = async (ahead: number) =>
    (await succeed(jwt({ iat: now / 1000 + ahead }), null, openWay(null))).steps[9];
  expect(await clock(600)).toMatchObject({ verdict: "fail", detail: expect.stringMatching(/10 min ahead of .* iat/) });
  expect(await clock(0)).toMatchObject({ verdict: "pass" });
  expect(await clock(-600)).toMatchObject({ verdict: "skipped" });
  expect((await succeed("opaque", null, openWay(null))).steps[9]).toMatchObject({ verdict: "skipped" });
});

test("an error inside is no result of a check", async () => {
  await expect(fail(errorWith("internal"))).rejects.toMatchObject({ code: "internal" });
});
