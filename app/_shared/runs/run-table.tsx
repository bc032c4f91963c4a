import Link from "next/link";
import type { ReactNode } from "react";
import { type Column, DataTable } from "#app/_ui/data-table.tsx";
import { Duration } from "#app/_ui/duration.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { RunStatusBadge } from "#app/_ui/status-badge.tsx";
import type { SearchParams } from "#app/_ui/url.ts";
import type { RunStatus, RunSummary } from "#lib/delivery/runs/model.ts";
import { runEventWords } from "./words.ts";

type Props = {
  caption: string;
  runs: RunSummary[];
  /** Columns that say the same in each row here. */
  hide?: ("trigger" | "transport" | "node")[];
  emptyTitle?: string;
  empty?: ReactNode;
  path?: string;
  params?: SearchParams;
  nextCursor?: string | null;
};

/** Runs, newest first. */
export function RunTable({ caption, runs, hide = [], emptyTitle = "No runs yet", empty, ...list }: Props) {
  const hidden: string[] = hide;
  return (
    <DataTable
      {...list}
      caption={caption}
      columns={columns.filter(({ key }) => !hidden.includes(key))}
      rows={runs}
      rowKey={({ id }) => id}
      empty={empty ?? <EmptyState title={emptyTitle} />}
    />
  );
}

const isUnfinished = (status: RunStatus) => status === "queued" || status === "running";

const columns: Column<RunSummary>[] = [
  {
    key: "started",
    header: "Started",
    isRowHeader: true,
    render: ({ id, startedAt }) => (
      <Link className="link" href={`/runs/${id}`} prefetch={false}>
        <Instant at={startedAt} show="absolute" seconds />
      </Link>
    ),
  },
  {
    key: "status",
    header: "Status",
    wide: true,
    render: ({ status, error }) => (
      <div>
        <RunStatusBadge status={status} />
        {error && <div className="mt-0.5 line-clamp-2 max-w-md text-dimmed">{error.message}</div>}
      </div>
    ),
  },
  {
    key: "trigger",
    header: "Trigger",
    render: ({ triggerId, triggerName }) =>
      triggerId ? (
        <Link className="link" href={`/triggers/${triggerId}`} prefetch={false}>
          {triggerName}
        </Link>
      ) : (
        <span className="text-dimmed">none</span>
      ),
  },
  {
    key: "transport",
    header: "Transport",
    render: ({ transportId, transportName }) => (
      <Link className="link" href={`/transports/${transportId}`} prefetch={false}>
        {transportName}
      </Link>
    ),
  },
  { key: "node", header: "Node", render: ({ nodeName }) => nodeName ?? <span className="text-dimmed">deleted</span> },
  {
    key: "event",
    header: "Event",
    render: ({ event, actor }) => (
      <div>
        <div className="whitespace-nowrap">{runEventWords[event]}</div>
        <div className="text-dimmed">by {actor}</div>
      </div>
    ),
  },
  {
    key: "answer",
    header: "Answer",
    render: ({ responseStatus, status }) =>
      responseStatus ?? (
        <span className="whitespace-nowrap text-dimmed">{isUnfinished(status) ? "not yet" : "no answer"}</span>
      ),
  },
  {
    key: "duration",
    header: "Duration",
    align: "end",
    render: ({ durationMs, status }) => <Duration ms={isUnfinished(status) ? null : durationMs} />,
  },
];
