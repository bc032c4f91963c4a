import type { CheckStep } from "#lib/oauth/explanations/check-steps.ts";
import { portalVersion } from "#lib/platform/env/version.ts";
import { compileSecrets, removeEchoes } from "#lib/platform/redaction/echoes.ts";
import { type Reported, writeReport } from "./report.ts";

/**
 * Shorter secrets would only blot out words, and so would parts of longer ones that people chose; a provider that echoes one is cleaned
 * where its answer is read.
 */
const leastLength = 6;

/**
 * Writes the report, and removes the secrets from it and from the steps, whatever a provider, a proxy or a service said.
 * @param secrets of the credential.
 */
export function redactReport(
  reported: Omit<Reported, "portalVersion">,
  accessToken: string | null,
  secrets: (string | null)[],
): { steps: CheckStep[]; report: string } {
  const whole = secrets.filter((secret) => secret !== null && secret.length >= leastLength) as string[];
  const sent = compileSecrets(accessToken === null ? [] : [accessToken], { whole });
  const clean = (text: string) => removeEchoes(text, sent);
  const steps = reported.steps.map((step) => ({
    ...step,
    detail: clean(step.detail),
    hint: step.hint === null ? null : clean(step.hint),
    facts: step.facts.map(({ name, value }) => ({ name, value: clean(value) })),
  }));
  return { steps, report: clean(writeReport({ ...reported, steps, portalVersion })) };
}
