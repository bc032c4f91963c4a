import { expect, test } from "vitest";
import { AppError, type ErrorCode } from "../errors.ts";
import { type CheckStepName, describeFailure, describeSuccess, describeUnusable } from "./check-steps.ts";

function errorWith(code: ErrorCode, status: number | null = null, providerCode: string | null = null): AppError {
  const provider = { status, code: providerCode, description: null, correlationId: null };
  return new AppError(code, "It failed.", { provider: status === null ? undefined : provider });
}

const table: [string, AppError, CheckStepName][] = [
  ["a missing secret", errorWith("invalid_input"), "configuration"],
  ["a disabled credential", errorWith("credential_disabled"), "configuration"],
  ["a name that does not resolve", errorWith("name_not_resolved"), "token_endpoint"],
  ["a proxy that refuses", errorWith("proxy_authentication_required"), "token_endpoint"],
  ["an outage", errorWith("token_endpoint_unavailable", 503), "token_endpoint"],
  ["a 404", errorWith("token_request_refused", 404), "token_endpoint"],
  ["a 403 without a reason", errorWith("token_request_refused", 403), "client"],
  ["invalid_client", errorWith("token_request_refused", 401, "invalid_client"), "client"],
  ["invalid_scope", errorWith("token_request_refused", 400, "invalid_scope"), "scope"],
];
test.each(table)("%s fails the right step: those before pass, those after are skipped", (_, error, failed) => {
  const steps = describeFailure(error, 12);
  const at = steps.findIndex(({ step }) => step === failed);
  expect(steps.map(({ verdict }) => verdict)).toEqual(
    steps.map((_, index) => (index < at ? "pass" : index === at ? "fail" : "skipped")),
  );
  expect(steps[at]?.detail).toBe("It failed.");
});

test("a token passes every step", () => {
  const steps = describeSuccess(12, 0);
  expect(steps.every(({ verdict }) => verdict === "pass")).toBe(true);
  expect(steps.at(-1)?.detail).toContain("1970-01-01T00:00:00.000Z");
});

test("of a User credential that can't be used nothing but the configuration is looked at", () => {
  const steps = describeUnusable(errorWith("credential_disabled"));
  expect(steps.map(({ verdict }) => verdict)).toEqual(["fail", ...Array(5).fill("skipped")]);
});
