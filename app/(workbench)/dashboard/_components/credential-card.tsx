import Link from "next/link";
import { Card } from "#app/_ui/card.tsx";
import { StatusBadge } from "#app/_ui/status-badge.tsx";
import type { CredentialStatus } from "#lib/oauth/credentials/kinds.ts";
import type { Dashboard } from "#lib/oversight/dashboards/model.ts";
import { ExportButton } from "./export-button.tsx";
import { credentialsHref } from "./links.ts";
import { NumberLink } from "./number-link.tsx";
import { PlainTable } from "./plain-table.tsx";

type Props = { dashboard: Dashboard };

/** Statuses that stand out when a credential has them. */
const troubles: Partial<Record<CredentialStatus, "bad" | "warn">> = {
  action_needed: "bad",
  degraded: "warn",
  expiring: "warn",
};

/** Credentials by status, with what is wrong. */
export function CredentialCard({ dashboard, mayAdd }: Props & { mayAdd: boolean }) {
  const { credentials } = dashboard;
  const isEmpty = credentials.byStatus.every(({ count }) => count === 0);
  return (
    <Card title="Credentials by status" actions={<ExportButton block="credentials" name="credentials by status" />}>
      <ul className="status-tiles">
        {credentials.byStatus.map(({ status, count }) => (
          <li key={status} className="status-tile" data-tone={count > 0 ? troubles[status] : undefined}>
            <NumberLink
              count={count}
              href={credentialsHref(dashboard, { status })}
              label={`credentials with the status ${status.replace("_", " ")}`}
              size="large"
            />
            <StatusBadge status={status} />
          </li>
        ))}
      </ul>
      {isEmpty && mayAdd && dashboard.scope.nodeId === null && (
        <p className="m-0 mb-4">
          Nothing to see yet:{" "}
          <Link className="link" href="/credentials/new">
            add the first credential
          </Link>
          .
        </p>
      )}
      <PlainTable
        caption="What is wrong"
        head={["Reason", "Credentials"]}
        rows={credentials.reasons.map(({ status, reason, example, count }) => ({
          key: `${status} ${reason}`,
          cells: [
            <div key="reason" className="grid justify-items-start gap-1">
              <span className="flex flex-wrap items-center gap-2">
                <StatusBadge status={status} />
                {reason !== "" && <code>{reason}</code>}
              </span>
              <span className="text-sm font-normal text-dimmed">{example}</span>
            </div>,
            <NumberLink
              key="count"
              count={count}
              href={credentialsHref(dashboard, { status, reason })}
              label={`credentials with ${reason || example}`}
            />,
          ],
        }))}
        empty={isEmpty ? "There is no credential here." : "No credential needs anything."}
      />
    </Card>
  );
}
