import { Card } from "#app/_ui/card.tsx";
import type { Dashboard } from "#lib/oversight/dashboards/model.ts";
import { ExportButton } from "./export-button.tsx";
import { eventsHref } from "./links.ts";
import { NumberLink } from "./number-link.tsx";
import { OutcomeChart } from "./outcome-chart.tsx";
import { PlainTable } from "./plain-table.tsx";

type Props = { dashboard: Dashboard };

/** Token requests by provider and reason. */
export function RequestCard({ dashboard }: Props) {
  const { requests, span } = dashboard;
  const kind = "token";
  return (
    <Card title="Token requests" actions={<ExportButton block="requests" name="token requests" />}>
      <p className="m-0 mb-3">
        <NumberLink
          count={requests.totals.succeeded}
          href={eventsHref(dashboard, { kind, outcome: "succeeded" })}
          label="token requests succeeded"
        />{" "}
        succeeded,{" "}
        <NumberLink
          count={requests.totals.failed}
          href={eventsHref(dashboard, { kind, outcome: "failed" })}
          label="token requests failed"
        />{" "}
        failed.
      </p>
      <OutcomeChart caption="Token requests over time" steps={requests.series} stepMs={span.stepMs} />
      <div className="table-pair">
        <PlainTable
          caption="By provider"
          head={["Provider", "Succeeded", "Failed"]}
          rows={requests.hosts.map(({ host, succeeded, failed }) => ({
            key: host,
            cells: [
              <span key="host" className="wrap-anywhere">
                {host || "a deleted credential's"}
              </span>,
              <NumberLink
                key="ok"
                count={succeeded}
                href={eventsHref(dashboard, { kind, host, outcome: "succeeded" })}
                label={`succeeded at ${host}`}
              />,
              <NumberLink
                key="bad"
                count={failed}
                href={eventsHref(dashboard, { kind, host, outcome: "failed" })}
                label={`failed at ${host}`}
              />,
            ],
          }))}
          empty="No token was asked for in this time."
        />
        <PlainTable
          caption="Failures by reason"
          head={["Reason", "Failed"]}
          rows={requests.reasons.map(({ host, reason, count }) => ({
            key: `${host} ${reason}`,
            cells: [
              <div key="reason">
                <code>{reason || "unknown"}</code>
                <div className="font-normal text-dimmed wrap-anywhere">{host || "a deleted credential's"}</div>
              </div>,
              <NumberLink
                key="count"
                count={count}
                href={eventsHref(dashboard, { kind, host, reason, outcome: "failed" })}
                label={`failed with ${reason} at ${host}`}
              />,
            ],
          }))}
          empty="None failed."
        />
      </div>
    </Card>
  );
}
