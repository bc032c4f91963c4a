import Link from "next/link";
import { DataTable } from "#app/_ui/data-table.tsx";
import { Duration } from "#app/_ui/duration.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { RunStatusBadge } from "#app/_ui/status-badge.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import type { RunSummary } from "#lib/delivery/runs/model.ts";

/** What ran lately, newest first. */
export function LatestRuns({ runs }: { runs: RunSummary[] }) {
  return (
    <section aria-labelledby="latest-runs">
      <div className="mb-2 flex items-end justify-between gap-2">
        <h2 id="latest-runs" className="m-0 text-base font-semibold">
          Latest runs
        </h2>
        <Link className="link text-sm" href="/runs">
          All runs
        </Link>
      </div>
      <DataTable
        caption="Runs, newest first"
        rows={runs}
        rowKey={(run) => run.id}
        columns={[
          {
            key: "started",
            header: "Started",
            isRowHeader: true,
            render: (run) => (
              <TextLink href={`/runs/${run.id}`}>
                <Instant at={run.startedAt} seconds />
              </TextLink>
            ),
          },
          {
            key: "trigger",
            header: "Trigger",
            wide: true,
            render: (run) => run.triggerName || "Test of the transport",
          },
          { key: "transport", header: "Transport", wide: true, render: (run) => run.transportName },
          { key: "status", header: "Status", render: (run) => <RunStatusBadge status={run.status} /> },
          { key: "took", header: "Took", align: "end", render: (run) => <Duration ms={run.durationMs} /> },
        ]}
        empty={<EmptyState title="Nothing ran yet" text="Each execution of a trigger is a run, with its receipt." />}
      />
    </section>
  );
}
