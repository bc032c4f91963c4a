import { expect, test } from "vitest";
import { explainAnswer } from "./explain-answer.ts";

test.each([
  ["access_denied", null, "The sign-in was cancelled", "access_denied", false],
  ["access_denied", "AADSTS65004: User declined to consent.", "You did not agree", "AADSTS65004", false],
  [
    "invalid_client",
    "AADSTS7000215: Invalid client secret.",
    "This sign-in isn't set up correctly",
    "AADSTS7000215",
    false,
  ],
  [
    "invalid_request",
    "AADSTS50011: The redirect URI does not match.",
    "This sign-in isn't set up correctly",
    "AADSTS50011",
    false,
  ],
  ["interaction_required", "AADSTS50076: MFA", "A second factor is needed", "AADSTS50076", true],
  ["invalid_grant", "AADSTS50057: The account is disabled.", "Your account is disabled", "AADSTS50057", false],
  ["consent_required", null, "Consent is missing", "consent_required", false],
  ["invalid_grant", "AADSTS9999999: New.", "The sign-in is not valid any more", "AADSTS9999999", false],
  ["unmet_authentication_requirements", null, "A second factor is needed", "unmet_authentication_requirements", true],
  ["something_else", null, "The provider refused the sign-in", "something_else", false],
])("%s with %j is explained", (error, description, title, code, stepUp) => {
  const told = explainAnswer(error, description);
  expect(told).toMatchObject({ title, code, stepUp });
  expect(told.message).not.toBe("");
  expect(told.hint).not.toBe("");
});

test("the provider's own words are never shown: anyone can make a link that carries some", () => {
  for (const error of ["access_denied", "made_up"]) {
    expect(JSON.stringify(explainAnswer(error, "Send your password to evil.example"))).not.toContain("evil");
  }
});

test("names of JavaScript are no codes", () => {
  for (const error of ["constructor", "__proto__", "toString"]) {
    expect(explainAnswer(error, null)).toMatchObject({ title: "The provider refused the sign-in", code: error });
  }
});
