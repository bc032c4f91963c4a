"use client";
import { Button, CloseButton, Progress } from "@mantine/core";
import { CircleCheckIcon, CircleXIcon } from "lucide-react";
import Link from "next/link";
import { actionsFor, useRowActions } from "./row-actions-context.ts";
import type { BulkJob } from "./use-bulk-job.ts";

/** At the lower edge of the list: what can be done with the selected rows, and what came of it. */
export function BulkDock() {
  const { job, selected, noun, dismiss } = useRowActions();
  const isShown = job && (job.rows.length > 1 || countFailed(job) > 0);
  return (
    <div className="bulk-dock">
      <p role="status" className="sr-only">
        {job && sayJob(job, noun)}
      </p>
      {isShown && <Results job={job} noun={noun} onClose={dismiss} />}
      {selected.length > 0 && !job?.isRunning && <Bar />}
    </div>
  );
}

function Bar() {
  const { actions, selected, noun, setSelected } = useRowActions();
  const [first] = selected;
  const isOne = selected.length === 1;
  return (
    <div className="bulk-card" role="toolbar" aria-label={`Actions for the selected ${noun.many}`}>
      <span className="flex min-w-0 grow items-center justify-between gap-1">
        <span className="min-w-0 text-sm font-semibold wrap-anywhere" role="status">
          {isOne ? `1 selected: ${first!.name}` : `${selected.length} selected`}
        </span>
        <CloseButton
          aria-label="Clear selection"
          title="Clear selection"
          onClick={() =>
            setSelected(
              selected.map(({ id }) => id),
              false,
            )
          }
        />
      </span>
      <span className="flex flex-wrap items-center gap-1.5">
        {actions.map((action) => {
          const rows = selected.filter((row) => actionsFor([action], row).length > 0);
          const look = {
            size: "xs",
            variant: "default",
            leftSection: <action.icon size={14} aria-hidden />,
            className: action.isDestructive ? "text-bad" : undefined,
          };
          if (rows.length === 0) return null;
          if ("href" in action) {
            if (!isOne) return null;
            return (
              <Button key={action.label} component={Link} href={action.href(first!)} prefetch={false} {...look}>
                {action.label}
              </Button>
            );
          }
          if (action.isForOne && !isOne) return null;
          return (
            <Button key={action.label} {...look} onClick={() => action.onSelect(rows)}>
              {rows.length === selected.length ? action.label : `${action.label} (${rows.length})`}
            </Button>
          );
        })}
      </span>
    </div>
  );
}

type ResultsProps = { job: BulkJob; noun: { one: string; many: string }; onClose: () => void };

function Results({ job, noun, onClose }: ResultsProps) {
  const done = [...job.results.values()].filter((result) => result !== null).length;
  const title = sayJob(job, noun);
  return (
    <section className="bulk-card" aria-label="Results">
      <div className="flex min-w-0 grow items-center justify-between gap-3">
        <p className="m-0 text-sm font-semibold">{title}</p>
        {!job.isRunning && <CloseButton aria-label="Close results" onClick={onClose} />}
      </div>
      {job.isRunning ? (
        <Progress className="w-full" value={(100 * done) / job.rows.length} aria-label={title} />
      ) : (
        <ul className="m-0 grid max-h-48 w-full list-none gap-1 overflow-auto p-0 text-sm">
          {job.rows
            .toSorted((a, b) => rank(job, a.id) - rank(job, b.id))
            .map((row) => (
              <Outcome key={row.id} row={row} result={job.results.get(row.id)} />
            ))}
        </ul>
      )}
    </section>
  );
}

function Outcome({ row, result }: { row: BulkJob["rows"][number]; result: ReturnType<BulkJob["results"]["get"]> }) {
  const isDone = result?.ok === true;
  const IconOf = isDone ? CircleCheckIcon : CircleXIcon;
  const why = result && !result.ok ? [result.error.message, result.error.hint].filter(Boolean).join(" ") : null;
  return (
    <li className="flex items-start gap-2">
      <IconOf size={16} className={`mt-0.5 shrink-0 ${isDone ? "text-(--tone-ok)" : "text-bad"}`} aria-hidden />
      <span className="min-w-0 wrap-anywhere">
        <Link className="link underline" href={row.href} prefetch={false}>
          {row.name}
        </Link>
        : {isDone ? result.value : (why ?? "Not done.")}
      </span>
    </li>
  );
}

/** Failures come first. */
function rank(job: BulkJob, id: string): number {
  return job.results.get(id)?.ok ? 1 : 0;
}

function countFailed(job: BulkJob): number {
  return [...job.results.values()].filter((result) => result && !result.ok).length;
}

/** In words: `Disabled 2 of 3 credentials`. */
function sayJob(job: BulkJob, noun: ResultsProps["noun"]): string {
  const { rows, words, results, isRunning } = job;
  const done = [...results.values()].filter((result) => (isRunning ? result !== null : result?.ok)).length;
  const things = rows.length === 1 ? noun.one : noun.many;
  if (isRunning) return `${words.doing} ${rows.length} ${things}: ${done} done`;
  return `${words.done} ${done === rows.length ? "" : `${done} of `}${rows.length} ${things}`;
}
