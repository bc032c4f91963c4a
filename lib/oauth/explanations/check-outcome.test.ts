import { expect, test } from "vitest";
import { describeOutcome } from "./check-outcome.ts";
import { type CheckStep, makeStep, skipAfter } from "./check-steps.ts";
import { userCheckSteps } from "./step-names.ts";

const passed = makeStep("configuration", "pass", "Complete.");
const signIn = makeStep("sign_in", "skipped", "Not verified until a user signs in.", { hint: "Sign in once." });
const unverified = makeStep("client", "skipped", "The reason says nothing.", { hint: "Sign in once." });
const failed = makeStep("tls", "fail", "No TLS.");

test.each<[CheckStep[], string]>([
  [[passed, signIn], "passed"],
  [[passed, makeStep("proxy", "skipped", "None is used."), signIn], "passed"],
  [[passed, unverified, signIn], "passed, not verified: Client"],
  [[passed, failed, ...skipAfter(userCheckSteps, "tls")], "failed at TLS"],
  [
    [passed, makeStep("transport", "fail", "401", { transport: { id: "1", name: "Orders" } })],
    "failed at Transport Orders",
  ],
])("a check is summed up: %#", (steps, outcome) => {
  expect(describeOutcome(steps)).toBe(outcome);
});
