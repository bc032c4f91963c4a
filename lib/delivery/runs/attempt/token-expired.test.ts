import { expect, test } from "vitest";
import type { SoapReading } from "#lib/delivery/soap/model.ts";
import { defaultTokenExpired } from "#lib/delivery/transports/definition.ts";
import { saysTokenExpired } from "./token-expired.ts";

const reading = (fault: Partial<NonNullable<SoapReading["fault"]>> | null): SoapReading => ({
  envelope: true,
  fault: fault && {
    code: "soap:Server",
    subcodes: [],
    reason: "",
    actor: null,
    detail: null,
    detailJson: null,
    ...fault,
  },
  json: null,
  headers: null,
  xml: null,
  attachments: [],
  problem: null,
});
const says = (fault: Parameters<typeof reading>[0], body = "") =>
  saysTokenExpired(defaultTokenExpired, reading(fault), Buffer.from(body));

test("a fault code of WS-Security tells it, whatever its prefix", () => {
  expect(says({ code: "wsse:FailedAuthentication" })).toBe(true);
  expect(says({ code: "{http://docs.oasis-open.org/wss}InvalidSecurityToken" })).toBe(true);
  expect(says({ code: "env:Sender", subcodes: ["wst:ExpiredData"] })).toBe(true);
});

test("the reason or the detail of a Fault tells it", () => {
  expect(says({ reason: "The access token has expired." })).toBe(true);
  expect(says({ detail: "<error>invalid_token</error>" })).toBe(true);
});

test("another Fault does not tell it", () => {
  expect(says({ code: "soap:Server", reason: "The stock is empty." })).toBe(false);
  expect(says({ code: "soap:FailedAuthenticationOfSomethingElse" })).toBe(false);
});

test("an answer without a Fault tells it in its body, if that is short", () => {
  expect(says(null, "<Status>Token expired</Status>")).toBe(true);
  expect(says(null, "<Status>OK</Status>")).toBe(false);
  expect(says(null, `<Log>Token expired${" ".repeat(20_000)}</Log>`)).toBe(false);
});

test("a rule without entries never fits", () => {
  const none = { faultCodes: [], bodyContains: [] };
  expect(saysTokenExpired(none, reading({ code: "wsse:FailedAuthentication" }), Buffer.from("token expired"))).toBe(
    false,
  );
});
