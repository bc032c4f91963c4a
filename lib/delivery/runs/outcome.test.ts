import { expect, test } from "vitest";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { interpretAnswer, interpretSoapAnswer, refusedToken, toRunError } from "./outcome.ts";

const sent = { url: "https://orders.example.com/v1", usedToken: true, isRetry: true, credentialName: "Orders API" };
const answer = (status: number, headers: [string, string][] = []) => ({ status, headers });

test.each([200, 201, 204, 299])("%s is a success", (status) => {
  expect(interpretAnswer(answer(status), sent)).toBeNull();
});

test.each([
  [400, "service_error"],
  [401, "service_refused_token"],
  [403, "service_error"],
  [304, "service_error"],
  [500, "service_error"],
])("%s fails with %s", (status, code) => {
  expect(interpretAnswer(answer(status), sent)).toMatchObject({
    code,
    message: expect.stringContaining(String(status)),
  });
});

test("a 401 without a token is the service's error", () => {
  const withoutToken = { ...sent, usedToken: false };
  expect(refusedToken(answer(401), withoutToken)).toBe(false);
  expect(interpretAnswer(answer(401), withoutToken)).toMatchObject({ code: "service_error" });
});

test("the first 401 is not said to be about a fresh token", () => {
  expect(interpretAnswer(answer(401), { ...sent, isRetry: false })?.message).toBe(
    "orders.example.com answered 401 to the token of Orders API.",
  );
});

test("the reason of a challenge is told", () => {
  const challenge = 'Bearer realm="x", error="invalid_token", error_description="The audience is invalid."';
  expect(interpretAnswer(answer(401, [["www-authenticate", challenge]]), sent)?.message).toBe(
    "orders.example.com answered 401 to a fresh token of Orders API (invalid_token: The audience is invalid).",
  );
});

test("a redirect names where it leads", () => {
  expect(interpretAnswer(answer(302, [["location", "https://login.example.com/?x=1"]]), sent)).toMatchObject({
    code: "redirect_refused",
    message: "orders.example.com answered 302 to login.example.com, which is not followed.",
  });
});

test("an error that may not be shown stays inside", () => {
  const inside = toRunError(new AppError("internal", "password is hunter2", { expose: false }));
  expect(JSON.stringify(inside)).not.toContain("hunter2");
});

test("the provider's code is kept", () => {
  const provider = { status: 401, code: "invalid_client", description: null, correlationId: null };
  const refusal = new AppError("token_request_refused", "Refused.", { hint: "Look.", provider });
  expect(toRunError(refusal)).toEqual({
    code: "token_request_refused",
    message: "Refused.",
    hint: "Look.",
    providerCode: "invalid_client",
  });
  const entra = { ...provider, description: "AADSTS7000215: Invalid client secret provided." };
  expect(toRunError(new AppError("token_request_refused", "Refused.", { provider: entra })).entraCode).toBe("7000215");
});

const soapSent = { ...sent, isExpired: false, mayRepeat: false };
const fault = (code: string, subcodes: string[] = []) => ({
  fault: { code, subcodes, reason: "no", actor: null, detail: null, detailJson: null },
  problem: null,
});

test.each([
  ["soap:VersionMismatch", [], /SOAP version/],
  ["env12:VersionMismatch", [], /SOAP version/],
  ["{http://schemas.xmlsoap.org/soap/envelope/}VersionMismatch", [], /SOAP version/],
  ["VersionMismatch", [], /SOAP version/],
  ["soap:MustUnderstand", [], /header block/],
  ["env:DataEncodingUnknown", [], /encoding/],
  ["env:Sender", ["wsa:ActionNotSupported"], /WS-Addressing/],
  ["wsse:FailedAuthentication", [], /WS-Security/],
  ["env:Sender", ["rpc:BadArguments"], /arguments of the trigger/],
  ["soap:Client.Validation", [], /arguments of the trigger/],
  ["soap:Server", [], /failed on its side/],
])("the Fault %s %j has a hint about its cause", (code, subcodes, hint) => {
  expect(interpretSoapAnswer(answer(500), fault(code, subcodes), soapSent)?.hint).toMatch(hint);
});

test.each([415, 406])("%s to a SOAP call has a hint about the SOAP version", (status) => {
  const read = { fault: null, problem: "it is a web page." };
  expect(interpretSoapAnswer(answer(status), read, soapSent)?.hint).toMatch(/SOAP 1\.2/);
});

test("415 to an HTTP request has a hint about the Content-Type", () => {
  expect(interpretAnswer(answer(415), sent)?.hint).toMatch(/Content-Type/);
});
