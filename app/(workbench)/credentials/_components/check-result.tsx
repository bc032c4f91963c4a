"use client";
import { Loader } from "@mantine/core";
import { IconCircleCheck, IconCircleDashed, IconCircleX } from "@tabler/icons-react";
import Link from "next/link";
import { ActionErrorAlert } from "#app/_ui/action-error.tsx";
import { Duration } from "#app/_ui/duration.tsx";
import { StatusBadge } from "#app/_ui/status-badge.tsx";
import type { CheckStep } from "#lib/tokens/check-steps.ts";
import type { Check } from "./use-check.ts";
import { labelOf } from "./words.ts";

const looks = {
  pass: { icon: IconCircleCheck, word: "Passed", tone: "text-(--tone-ok)" },
  fail: { icon: IconCircleX, word: "Failed", tone: "text-bad" },
  skipped: { icon: IconCircleDashed, word: "Skipped", tone: "text-dimmed" },
} as const;

const stepWords: Record<CheckStep["step"], string> = {
  configuration: "Configuration",
  token_endpoint: "Token endpoint",
  client: "Client",
  scope: "Scope",
  token: "Token",
  metadata: "Metadata",
  keys: "Signing keys",
  redirect_uri: "Redirect URI",
  sign_in: "Sign-in",
};

type Props = { check: Check; mayWrite: boolean; className?: string };

/** How a check goes and went: each step with its verdict, and what to do about the one that failed. */
export function CheckResult({ check, mayWrite, className }: Props) {
  const { isRunning, result, error, subject } = check;
  const shows = isRunning || result || error;
  return (
    <div role="status" className={shows ? className : undefined}>
      {isRunning && (
        <div className="card flex items-center gap-3 px-4 py-3">
          <Loader size="sm" aria-hidden /> Checking {subject?.name}: asking the provider for a token…
        </div>
      )}
      <ActionErrorAlert error={error} />
      {result && subject && (
        <section className="card px-4 py-3" aria-label={`Check of ${subject.name}`}>
          <p className="m-0 flex flex-wrap items-center gap-2 font-semibold">
            Check of {subject.name} <StatusBadge status={result.status} />
          </p>
          {result.status !== "active" && (
            <p className="m-0 mt-1 wrap-anywhere">
              {result.statusReason} <FieldLink id={subject.id} field={result.statusField} mayWrite={mayWrite} />
            </p>
          )}
          <ol className="m-0 mt-3 grid list-none gap-2 p-0">
            {result.steps.map((step) => (
              <Step key={step.step} {...step} />
            ))}
          </ol>
        </section>
      )}
    </div>
  );
}

function Step({ step, verdict, detail, hint, durationMs }: CheckStep) {
  const { icon: IconOf, word, tone } = looks[verdict];
  return (
    <li className="flex items-start gap-2">
      <IconOf size={20} className={`mt-0.5 shrink-0 ${tone}`} aria-hidden />
      <div className="min-w-0 wrap-anywhere">
        <span className="font-semibold">{stepWords[step]}</span> <span className={tone}>{word}</span>
        {verdict !== "skipped" && durationMs !== null && (
          <span className="text-sm text-dimmed">
            {" "}
            in <Duration ms={durationMs} />
          </span>
        )}
        {detail && <div className="text-sm text-dimmed">{detail}</div>}
        {hint && <div className="text-sm">{hint}</div>}
      </div>
    </li>
  );
}

/** A link to the field of the form that most likely needs a change. */
export function FieldLink({ id, field, mayWrite }: { id: string; field: string | null; mayWrite: boolean }) {
  if (!field) return null;
  if (!mayWrite) return <>Look at {labelOf(field)}.</>;
  return (
    <Link className="link font-semibold" href={`/credentials/${id}/edit#${encodeURIComponent(field)}`}>
      Look at {labelOf(field)}
    </Link>
  );
}
