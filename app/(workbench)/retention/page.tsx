import type { Metadata } from "next";
import { Card } from "#app/_ui/card.tsx";
import { DataTable } from "#app/_ui/data-table.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { getRetention } from "#lib/oversight/retention/get-retention.ts";
import { runPage } from "#lib/web/action.ts";
import { RetentionForm } from "./_components/retention-form.tsx";
import { describeDays, formatBytes, logWords } from "./_components/words.ts";

export const metadata: Metadata = { title: "Retention" };

const count = new Intl.NumberFormat("en");

export default async function RetentionPage() {
  const { logs, runsDays, credentialEventsDays, version } = await runPage(getRetention);
  const misplaced = logs.reduce((sum, { misplacedRows }) => sum + misplacedRows, 0);
  const late = logs.some(({ aheadUntil }) => aheadUntil === null || Date.parse(aheadUntil) < Date.now());
  return (
    <>
      <PageHeader
        title="Retention"
        description="For how long runs and the events of credentials are kept. The audit log is kept for ever: nothing here deletes from it."
      />
      <div className="grid max-w-4xl gap-4">
        {late && (
          <Notice tone="warn" title="No worker makes room for new runs">
            Runs are recorded all the same, but nothing is deleted. Start a process with SALLYPORT_ROLE=worker or all.
          </Notice>
        )}
        <DataTable
          caption="What is kept now"
          showCaption
          columns={[
            { key: "log", header: "Log", isRowHeader: true, render: ({ log }) => logWords[log] },
            { key: "days", header: "Kept", render: ({ days }) => describeDays(days) },
            {
              key: "oldest",
              header: "Oldest",
              render: ({ oldestAt }) => <Instant at={oldestAt} show="date" fallback="none yet" />,
            },
            {
              key: "rows",
              header: "Rows, about",
              align: "end",
              // The database counts in its own time; a new log has rows before it has a count.
              render: ({ rows, oldestAt }) =>
                rows === 0 && oldestAt ? <span className="text-dimmed">not counted yet</span> : count.format(rows),
            },
            { key: "size", header: "Size", align: "end", render: ({ bytes }) => formatBytes(bytes) },
            { key: "partitions", header: "Partitions", align: "end", render: ({ partitions }) => partitions },
          ]}
          rows={logs}
          rowKey={({ log }) => log}
          empty={<EmptyState title="Nothing is kept" />}
        />
        {misplaced > 0 && (
          <p className="m-0 text-sm text-dimmed">
            {count.format(misplaced)} rows wait for a worker to move them to their partition. They are shown and counted
            like all others.
          </p>
        )}
        <Card title="How long to keep them">
          <RetentionForm
            key={version}
            version={version}
            runsDays={runsDays}
            credentialEventsDays={credentialEventsDays}
          />
        </Card>
      </div>
    </>
  );
}
