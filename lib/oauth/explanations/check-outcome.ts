import type { CheckStep } from "./check-steps.ts";
import { stepWords } from "./step-names.ts";

// Apart from check-steps.ts, whose explanations browsers don't need.

/** How a step looks: one that was skipped but says how to verify it is `not_verified`. */
export function lookOf({ verdict, hint }: Pick<CheckStep, "verdict" | "hint">): CheckStep["verdict"] | "not_verified" {
  return verdict === "skipped" && hint !== null ? "not_verified" : verdict;
}

/** The steps that a check should have verified and couldn't. Only a user can verify the sign-in. */
export function listUnverified(steps: readonly CheckStep[]): CheckStep[] {
  return steps.filter((step) => step.step !== "sign_in" && lookOf(step) === "not_verified");
}

/** How a check went, in a few words: what failed, or what isn't verified. */
export function describeOutcome(steps: readonly CheckStep[]): string {
  const name = ({ step, transport }: CheckStep) =>
    transport ? `${stepWords[step]} ${transport.name}` : stepWords[step];
  const failed = steps.filter(({ verdict }) => verdict === "fail");
  if (failed.length > 0) return `failed at ${failed.map(name).join(", ")}`;
  const unverified = listUnverified(steps);
  return unverified.length === 0 ? "passed" : `passed, not verified: ${unverified.map(name).join(", ")}`;
}
