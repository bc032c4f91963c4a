import type { Column } from "#app/_ui/data-table.tsx";
import { Duration } from "#app/_ui/duration.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { RunStatusBadge } from "#app/_ui/status-badge.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import type { RunStatus, RunSummary } from "#lib/delivery/runs/model.ts";
import { runEventWords } from "./words.ts";

const isUnfinished = (status: RunStatus) => status === "queued" || status === "running";

/** The columns of a list of runs. */
export const runColumns: Column<RunSummary>[] = [
  {
    key: "started",
    header: "Started",
    isRowHeader: true,
    render: ({ id, startedAt }) => (
      <TextLink href={`/runs/${id}`}>
        <Instant at={startedAt} show="absolute" seconds />
      </TextLink>
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
        <TextLink href={`/triggers/${triggerId}`}>{triggerName}</TextLink>
      ) : (
        <span className="text-dimmed">none</span>
      ),
  },
  {
    key: "transport",
    header: "Transport",
    render: ({ transportId, transportName }) => (
      <TextLink href={`/transports/${transportId}`}>{transportName}</TextLink>
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
