import { CircleCheckIcon, CircleDashedIcon, CircleHelpIcon, CircleXIcon, TriangleAlertIcon } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Duration } from "#app/_ui/duration.tsx";
import { lookOf } from "#lib/oauth/explanations/check-outcome.ts";
import type { CheckStep } from "#lib/oauth/explanations/check-steps.ts";
import { stepWords } from "#lib/oauth/explanations/step-names.ts";

const looks = {
  pass: { icon: CircleCheckIcon, word: "Passed", tone: "text-(--tone-ok)" },
  /** Passed, with something to keep an eye on. */
  mind: { icon: TriangleAlertIcon, word: "Passed", tone: "text-(--tone-warn)" },
  fail: { icon: CircleXIcon, word: "Failed", tone: "text-bad" },
  not_verified: { icon: CircleHelpIcon, word: "Not verified", tone: "text-dimmed" },
  skipped: { icon: CircleDashedIcon, word: "Skipped", tone: "text-dimmed" },
} as const;

type Props = {
  steps: CheckStep[];
  /** How to get to a field of the form. */
  renderField: (field: string) => ReactNode;
};

/** Shows each step of a check with its verdict, time, details, and fix. Steps that weren't run after a failure are collapsed. */
export function CheckStepsList({ steps, renderField }: Props) {
  const end = steps.findLastIndex(({ verdict }) => verdict !== "skipped") + 1;
  const [run, later] = [steps.slice(0, end), steps.slice(end)];
  const failed = run.findLast(({ verdict }) => verdict === "fail");
  const isCollapsed = failed !== undefined && later.length > 1;
  return (
    <>
      <Steps steps={isCollapsed ? run : steps} renderField={renderField} />
      {isCollapsed && (
        <details className="mt-2">
          <summary className="cursor-pointer text-sm text-dimmed">
            {later.length} later steps not run because “{stepWords[failed.step]}” failed
          </summary>
          <Steps steps={later} renderField={renderField} />
        </details>
      )}
    </>
  );
}

function Steps({ steps, renderField }: Props) {
  return (
    <ol className="m-0 mt-3 grid list-none gap-2 p-0">
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a check never move, and transports may share a name.
        <Step key={index} step={step} renderField={renderField} />
      ))}
    </ol>
  );
}

function Step({ step: shown, renderField }: { step: CheckStep; renderField: Props["renderField"] }) {
  const { step, verdict, detail, hint, field, durationMs, facts, link, transport } = shown;
  const look = looks[verdict === "pass" && hint ? "mind" : lookOf(shown)];
  return (
    <li className="flex items-start gap-2">
      <look.icon size={20} className={`mt-0.5 shrink-0 ${look.tone}`} aria-hidden />
      <div className="min-w-0 wrap-anywhere">
        <span className="font-semibold">{stepWords[step]}</span>{" "}
        {transport && (
          <>
            <Link className="link underline" href={`/transports/${transport.id}`} prefetch={false}>
              {transport.name}
            </Link>{" "}
          </>
        )}
        <span className={look.tone}>{look.word}</span>
        {verdict !== "skipped" && durationMs !== null && (
          <span className="text-sm text-dimmed">
            {" "}
            in <Duration ms={durationMs} />
          </span>
        )}
        {detail && <div className="text-sm text-dimmed">{detail}</div>}
        {hint && (
          <div className="text-sm">
            {hint} {field && renderField(field)}
          </div>
        )}
        {link && (
          <div className="text-sm">
            <a className="link inline-block min-h-6" href={link.url} target="_blank" rel="noreferrer">
              Open in Entra: {link.label}
            </a>
          </div>
        )}
        {facts.length > 0 && <Facts facts={facts} isOpen={verdict === "fail"} />}
      </div>
    </li>
  );
}

function Facts({ facts, isOpen }: { facts: CheckStep["facts"]; isOpen: boolean }) {
  return (
    <details open={isOpen} className="text-sm">
      <summary className="cursor-pointer text-dimmed">What was seen</summary>
      <dl className="m-0 grid gap-x-3 sm:grid-cols-[max-content_minmax(0,1fr)]">
        {facts.map(({ name, value }) => (
          <div key={name} className="contents">
            <dt className="text-dimmed">{name}</dt>
            <dd className="m-0 wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
