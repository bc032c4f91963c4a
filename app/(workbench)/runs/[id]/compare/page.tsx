import type { Metadata } from "next";
import { Card } from "#app/_ui/card.tsx";
import { Duration } from "#app/_ui/duration.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { RunStatusBadge } from "#app/_ui/status-badge.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import { findLastSuccess } from "#lib/delivery/runs/last-success.ts";
import type { Run } from "#lib/delivery/runs/model.ts";
import { getRun } from "#lib/delivery/runs/read-runs.ts";
import { loadById } from "#lib/web/load-by-id.ts";
import { compareLines } from "./_components/compare-lines.ts";
import { listParts } from "./_components/list-parts.ts";
import { TextDifference } from "./_components/text-difference.tsx";

type Props = { params: Promise<{ id: string }> };

const loadRuns = loadById(async (ctx, id) => {
  const run = await getRun(ctx, id);
  return { run, success: await findLastSuccess(ctx, run) };
});

const nameOf = (run: Run) => run.triggerName || run.transportName;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { run } = await loadRuns((await params).id);
  return { title: `Compare run of ${nameOf(run)}` };
}

export default async function CompareRunPage({ params }: Props) {
  const { run, success } = await loadRuns((await params).id);
  return (
    <>
      <PageHeader
        title="Compare with last success"
        breadcrumbs={[
          { label: "Runs", href: "/runs" },
          { label: `Run of ${nameOf(run)}`, href: `/runs/${run.id}` },
        ]}
      />
      {success ? (
        <Comparison run={run} success={success} />
      ) : (
        <EmptyState title="No earlier successful run" text="This trigger has no successful run before this one." />
      )}
    </>
  );
}

function Comparison({ run, success }: { run: Run; success: Run }) {
  const before = listParts(success);
  const compared = listParts(run).map(({ name, text }, index) => ({
    name,
    parts: compareLines(before[index]?.text ?? "", text),
  }));
  const equal = compared.filter(({ parts }) => parts?.length === 0).map(({ name }) => name);
  return (
    <div className="grid grid-cols-1 gap-5">
      <Card>
        <dl className="key-value">
          <Summary label="− Last success" run={success} />
          <Summary label="+ This run" run={run} />
        </dl>
      </Card>
      {compared
        .filter(({ parts }) => parts?.length !== 0)
        .map(({ name, parts }) => (
          <Card key={name} title={name}>
            {parts ? (
              <TextDifference label={`Differences: ${name}`} parts={parts} />
            ) : (
              <p className="m-0 text-dimmed">These have too little in common to compare line by line.</p>
            )}
          </Card>
        ))}
      {equal.length > 0 && <p className="m-0 text-dimmed">No differences: {equal.join(", ")}</p>}
    </div>
  );
}

function Summary({ label, run }: { label: string; run: Run }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <TextLink href={`/runs/${run.id}`}>
          <Instant at={run.startedAt} show="absolute" seconds />
        </TextLink>
        <RunStatusBadge status={run.status} />
        {run.response && <span className="tabular-nums">HTTP {run.response.status}</span>}
        <Duration ms={run.durationMs} />
      </dd>
    </div>
  );
}
