import { Card } from "#app/_ui/card.tsx";
import { Duration } from "#app/_ui/duration.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import type { Dashboard } from "#lib/oversight/dashboards/model.ts";
import { ExportButton } from "./export-button.tsx";
import { runsHref } from "./links.ts";
import { NumberLink } from "./number-link.tsx";
import { OutcomeChart } from "./outcome-chart.tsx";
import { PlainTable } from "./plain-table.tsx";

/** Runs by outcome over time, and the triggers to look at. */
export function RunCard({ dashboard }: { dashboard: Dashboard }) {
  const { runs, span } = dashboard;
  const trigger = (id: string, name: string) => <TextLink href={`/triggers/${id}`}>{name}</TextLink>;
  return (
    <Card title="Runs" actions={<ExportButton block="runs" name="runs" />}>
      <p className="m-0 mb-3">
        <NumberLink
          count={runs.totals.succeeded}
          href={runsHref(dashboard, { status: "succeeded" })}
          label="runs succeeded"
        />{" "}
        succeeded,{" "}
        <NumberLink count={runs.totals.failed} href={runsHref(dashboard, { status: "failed" })} label="runs failed" />{" "}
        failed
        {runs.totals.other > 0 && (
          <>
            , <NumberLink count={runs.totals.other} href={runsHref(dashboard)} label="runs not finished" /> not finished
          </>
        )}
        .
      </p>
      <OutcomeChart caption="Runs over time" steps={runs.series} stepMs={span.stepMs} />
      <div className="table-pair">
        <PlainTable
          caption="Triggers that fail most"
          head={["Trigger", "Runs", "Failed"]}
          rows={runs.failing.map(({ triggerId, name, runs: count, failed }) => ({
            key: triggerId,
            cells: [
              trigger(triggerId, name),
              <NumberLink
                key="runs"
                count={count}
                href={runsHref(dashboard, { triggerId })}
                label={`runs of ${name}`}
              />,
              <NumberLink
                key="failed"
                count={failed}
                href={runsHref(dashboard, { triggerId, status: "failed" })}
                label={`failed runs of ${name}`}
              />,
            ],
          }))}
          empty="No run of a trigger failed."
        />
        <PlainTable
          caption="Slowest triggers"
          head={["Trigger", "Runs", "Half within", "95 % within"]}
          rows={runs.slowest.map(({ triggerId, name, runs: count, p50, p95 }) => ({
            key: triggerId,
            cells: [
              trigger(triggerId, name),
              <NumberLink
                key="runs"
                count={count}
                href={runsHref(dashboard, { triggerId })}
                label={`runs of ${name}`}
              />,
              <Duration key="p50" ms={p50} />,
              <Duration key="p95" ms={p95} />,
            ],
          }))}
          empty="No trigger ran 5 times in this time."
        />
      </div>
    </Card>
  );
}
