import { describe, expect, test } from "vitest";
import { entraCodes } from "#lib/oauth/explanations/entra-codes.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { claimRefusalCodes } from "../claims.ts";
import type { SignInRefusal } from "../model.ts";
import { explainAnswer } from "./explain-answer.ts";
import { describeRefusal, explainClaims, explainError, explainMfa, ownRefusals } from "./refusals.ts";

/** Words of the configuration, which end users can't do anything about. */
const configuration =
  /Endpoint URL|Client ID|Client Secret|\bclaims?\b|JWT|role mapping|app registration|redirect URI|\bscope\b|tenant id|audience|Users and groups|ID token|issuer|Claims from/i;

const admin = {
  message: "The ID token has no claim “roles”, which JWT roles key points at.",
  hint: "Change Claims from.",
};
const standard = ["invalid_client", "invalid_scope", "invalid_request", "invalid_grant", "access_denied", "made_up"];
const errors = [
  new AppError("id_token_invalid", admin.message, { hint: admin.hint, details: { reason: "algorithm" } }),
  new AppError("sign_in_refused", "Another credential has the issuer of X.", { details: { reason: "issuer_taken" } }),
  new AppError("token_response_invalid", "The userinfo endpoint of idp.example answered 500 without claims."),
];

const refusals: [string, SignInRefusal][] = [
  ...Object.values<SignInRefusal>(ownRefusals).map((own): [string, SignInRefusal] => [own.code, own]),
  ...claimRefusalCodes.map((code): [string, SignInRefusal] => [
    code,
    explainClaims({ ...admin, code, field: "jwtRolesKey" }),
  ]),
  ["mfa_missing", explainMfa(admin)],
  ...standard.map((code): [string, SignInRefusal] => [code, explainAnswer(code, null)]),
  ...[...entraCodes.keys()].map((code): [string, SignInRefusal] => [
    code,
    explainAnswer("invalid_request", `AADSTS${code}: x`),
  ]),
  ...errors.map((error): [string, SignInRefusal] => [error.code, explainError(error)]),
];

test.each(refusals)("%s tells the user nothing about the configuration", (_, { title, message, hint }) => {
  expect(title).not.toBe("");
  expect(`${title} ${message} ${hint}`).not.toMatch(configuration);
});

describe("the event log has the admin's text", () => {
  test("of claims, tokens, and codes", () => {
    expect(describeRefusal(explainClaims({ ...admin, code: "roles_missing", field: "jwtRolesKey" }))).toBe(
      `${admin.message} ${admin.hint}`,
    );
    expect(describeRefusal(explainError(errors[0]!), "The detail.")).toBe(`${admin.message} The detail. ${admin.hint}`);
    expect(describeRefusal(explainAnswer("invalid_client", "AADSTS7000215: x"))).toMatch(/AADSTS7000215.*secret/);
  });

  test("and the user's if that says it all", () => {
    const { message, hint } = ownRefusals.expired;
    expect(describeRefusal(ownRefusals.expired)).toBe(`${message} ${hint}`);
  });
});

test("users without a role are told so, others that the sign-in isn't set up", () => {
  const titleOf = (code: "roles_missing" | "group_overage") =>
    explainClaims({ ...admin, code, field: "jwtRolesKey" }).message;
  expect(titleOf("roles_missing")).toBe("Your account has no role here.");
  expect(titleOf("group_overage")).not.toContain("role");
});
