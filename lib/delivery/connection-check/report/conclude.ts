import { removeForms, secretForms } from "#lib/delivery/runs/redact.ts";
import type { CheckStep } from "#lib/oauth/explanations/check-steps.ts";
import { portalVersion } from "#lib/platform/env/version.ts";
import type { Inspection } from "../steps/inspect-application.ts";
import { type Reported, writeReport } from "./report.ts";

/** Shorter secrets would only blot out words; a provider that echoes one is cleaned where its answer is read. */
const leastLength = 6;

type By = { cause: string; at: Date; secrets: (string | null)[] };

/**
 * The steps and the report as they may be shown: whatever a provider, a proxy or a service said, no secret of the
 * credential and no token is in them.
 */
export function conclude(
  inspection: Omit<Inspection, "accessToken">,
  credential: Reported["credential"],
  { cause, at, secrets }: By,
): { steps: CheckStep[]; report: string } {
  const forms = secretForms(secrets.filter((secret) => typeof secret === "string").filter(isLong));
  const clean = (text: string) => removeForms(text, forms);
  const steps = inspection.steps.map((step) => ({
    ...step,
    detail: clean(step.detail),
    hint: step.hint === null ? null : clean(step.hint),
    facts: step.facts.map(({ name, value }) => ({ name, value: clean(value) })),
  }));
  const { failure, trace } = inspection;
  const report = writeReport({ credential, steps, failure, trace, cause, at, portalVersion });
  return { steps, report: clean(report) };
}

function isLong(secret: string): boolean {
  return secret.length >= leastLength;
}
