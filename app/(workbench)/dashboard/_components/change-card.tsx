import Link from "next/link";
import { Card } from "#app/_ui/card.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { StatusBadge } from "#app/_ui/status-badge.tsx";
import type { Changes, Dashboard } from "#lib/oversight/dashboards/model.ts";
import { credentialsHref, runsHref } from "./links.ts";
import { NumberLink } from "./number-link.tsx";
import { PlainTable } from "./plain-table.tsx";

type Props = { dashboard: Dashboard };

/** What happened since the last visit. */
export function ChangeCard({ dashboard, changes }: Props & { changes: Changes }) {
  if (changes.since === null) {
    return (
      <Card title="Since your last visit">
        <p className="m-0 text-dimmed">This is your first visit. Next time the changes since now stand here.</p>
      </Card>
    );
  }
  const failed = runsHref(
    { ...dashboard, span: { ...dashboard.span, since: changes.since, until: dashboard.at } },
    { status: "failed" },
  );
  return (
    <Card title="Since your last visit" description={<Instant at={changes.since} />}>
      <dl className="key-value mb-3">
        {changes.statuses.map(({ to, count }) => (
          <div key={to}>
            <dt>
              Became <StatusBadge status={to} />
            </dt>
            <dd>
              <NumberLink count={count} href={credentialsHref(dashboard, { status: to })} label={`changes to ${to}`} />
            </dd>
          </div>
        ))}
        <div>
          <dt>New credentials</dt>
          <dd>
            <NumberLink count={changes.added} href={credentialsHref(dashboard, {})} label="new credentials" />
          </dd>
        </div>
        <div>
          <dt>Failed runs</dt>
          <dd>
            <NumberLink count={changes.failedRuns} href={failed} label="failed runs since the last visit" />
          </dd>
        </div>
      </dl>
      <PlainTable
        caption="Latest changes of status"
        head={["Credential", { text: "Now" }, { text: "When" }]}
        rows={changes.latest.map(({ credentialId, name, to, at, reason }) => ({
          key: `${credentialId} ${at}`,
          cells: [
            <Link key="name" className="link" href={`/credentials/${credentialId}`} prefetch={false}>
              {name}
            </Link>,
            <StatusBadge key="to" status={to} reason={reason} />,
            <Instant key="at" at={at} show="relative" />,
          ],
        }))}
        empty="No credential changed its status."
      />
    </Card>
  );
}
