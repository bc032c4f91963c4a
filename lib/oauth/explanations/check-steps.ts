import type { AppError } from "#lib/platform/errors/app-error.ts";
import type { EntraPageLink } from "./entra-pages.ts";
import { linkEntraPage } from "./entra-pages.ts";
import { explainFailure, explainProviderAnswer, quoteProvider } from "./explain.ts";
import { nameField } from "./field-labels.ts";
import { type CheckStepName, stepWords } from "./step-names.ts";

/** One thing that a check looked at, with its verdict and what to do. Never holds a token or a secret. */
export type CheckStep = {
  step: CheckStepName;
  verdict: "pass" | "fail" | "skipped";
  detail: string;
  /** What to do, beginning with the form's field where one is to blame. Of a step that passed: what to keep an eye on. */
  hint: string | null;
  /** Field of the form, null when none is to blame. */
  field: string | null;
  /** Null where no time was taken. */
  durationMs: number | null;
  /** What was seen: a certificate, a token's claims. */
  facts: { name: string; value: string }[];
  /** Page of the provider's admin center to open. */
  link: EntraPageLink | null;
  /** Of a step `transport`: which one. */
  transport: { id: string; name: string } | null;
};

/** What a step has to say beside its name and verdict. */
export type Told = Partial<Pick<CheckStep, "hint" | "field" | "durationMs" | "facts" | "link" | "transport">>;

/** A step, with nothing where nothing is said; the time in whole milliseconds. */
export function makeStep(
  step: CheckStepName,
  verdict: CheckStep["verdict"],
  detail: string,
  told: Told = {},
): CheckStep {
  const { hint = null, field = null, durationMs = null, facts = [], link = null, transport = null } = told;
  return {
    step,
    verdict,
    detail,
    hint: hint ? nameField(field, hint) : null,
    field,
    durationMs: durationMs === null ? null : Math.max(0, Math.round(durationMs)),
    facts,
    link,
    transport,
  };
}

/** A step that failed by an error, in the error's words, with what to do. */
export function failStep(
  step: CheckStepName,
  error: AppError,
  client: { clientId: string; endpointUrl: string },
  told: Told = {},
): CheckStep {
  const { hint, field, page } = explainFailure(error);
  const link = page && linkEntraPage(page, client);
  return makeStep(step, "fail", describeError(error), {
    field,
    link,
    ...told,
    hint: told.hint ?? (hint || error.hint),
  });
}

/** The error in words where they are known, with what the provider says. */
function describeError(error: AppError): string {
  const { code, message, provider } = error;
  const isKnown = code === "token_request_refused" && provider?.code;
  const known = isKnown ? explainProviderAnswer(provider.code, provider.description) : null;
  const words = known ? `${known.words} (${provider?.code}).` : message;
  return [words, known?.page ? "" : quoteProvider(error, words)].filter(Boolean).join(" ");
}

/** The steps that were not taken after one that failed, with why. */
export function skipAfter(order: readonly CheckStepName[], failed: CheckStepName): CheckStep[] {
  return order
    .slice(order.indexOf(failed) + 1)
    .map((step) => makeStep(step, "skipped", `Not looked at, since “${stepWords[failed]}” failed.`));
}
