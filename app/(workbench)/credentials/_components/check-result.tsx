"use client";
import { Loader } from "@mantine/core";
import Link from "next/link";
import { ActionErrorAlert } from "#app/_ui/action-error.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { StatusBadge } from "#app/_ui/status-badge.tsx";
import type { LastCheck } from "#lib/delivery/connection-check/last-check.ts";
import { describeOutcome, listUnverified } from "#lib/oauth/explanations/check-outcome.ts";
import { CheckStepsList } from "./check-steps-list.tsx";
import { CopyReport } from "./copy-report.tsx";
import type { Check } from "./use-check.ts";
import { labelOf } from "./words.ts";

type Props = {
  check: Omit<Check, "run">;
  mayWrite: boolean;
  /** The last check of before, shown as long as there is no newer one; with the version that is configured now. */
  last?: { check: LastCheck; id: string; name: string; version: number } | null;
  /** What the page says already, not to be said again. */
  saidReason?: string;
  className?: string;
};

/** How a check goes and went: each step with its verdict, and what to do about the one that failed. */
export function CheckResult({ check, mayWrite, last = null, saidReason, className }: Props) {
  const { isRunning, result, error, subject } = check;
  const shows = isRunning || result || error;
  const isLastShown = last !== null && !isRunning && !result;
  return (
    <>
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
            {result.status !== "active" && result.statusReason !== saidReason && (
              <p className="m-0 mt-1 wrap-anywhere">
                {result.statusReason} <FieldLink id={subject.id} field={result.statusField} mayWrite={mayWrite} />
              </p>
            )}
            <CheckStepsList
              steps={result.steps}
              renderField={(field) => <FieldLink id={subject.id} field={field} mayWrite={mayWrite} />}
            />
            <CopyReport report={result.report} />
          </section>
        )}
      </div>
      {isLastShown && <LastCheckCard {...last} mayWrite={mayWrite} className={className} />}
    </>
  );
}

type LastProps = NonNullable<Props["last"]> & { mayWrite: boolean; className?: string };

function LastCheckCard({ check, id, name, version, mayWrite, className }: LastProps) {
  const failed = check.steps.filter(({ verdict }) => verdict === "fail");
  const isVerified = listUnverified(check.steps).length === 0;
  return (
    <section className={`card px-4 py-3 ${className ?? ""}`} aria-label={`Check of ${name}`}>
      {/* Nobody looks for a fault where there is none. */}
      <details open={failed.length > 0}>
        <summary className="cursor-pointer">
          <span className="font-semibold">Last check</span>{" "}
          <span className={failed.length > 0 ? "text-bad" : isVerified ? "text-(--tone-ok)" : "text-dimmed"}>
            {describeOutcome(check.steps)}
          </span>{" "}
          <span className="text-sm text-dimmed">
            <Instant at={check.at} seconds /> by {check.cause}
            {check.credentialVersion !== version && "; the credential was changed since"}
          </span>
        </summary>
        <CheckStepsList
          steps={check.steps}
          renderField={(field) => <FieldLink id={id} field={field} mayWrite={mayWrite} />}
        />
        <CopyReport report={check.report} />
      </details>
    </section>
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
