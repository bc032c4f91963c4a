import Link from "next/link";
import { Card } from "#app/_ui/card.tsx";
import { DaysLeft } from "#app/_ui/days-left.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { StatusBadge } from "#app/_ui/status-badge.tsx";
import type { CredentialStatus } from "#lib/credentials/model.ts";
import type { SecretEndFilter } from "#lib/credentials/schema.ts";
import type { Changes, Dashboard } from "#lib/dashboards/model.ts";
import { secretEndWords } from "../../credentials/_components/words.ts";
import { runwayWords } from "../../transports/_components/words.ts";
import { ExportButton } from "./export-button.tsx";
import { credentialsHref, eventsHref, runsHref, transportsHref } from "./links.ts";
import { NumberLink } from "./number-link.tsx";
import { OutcomeChart } from "./outcome-chart.tsx";
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

/** Secrets and certificates by what is left of them. */
export function EndingCard({ dashboard }: Props) {
  const { endings } = dashboard;
  return (
    <Card title="Secrets and certificates" actions={<ExportButton block="endings" name="secrets and certificates" />}>
      <div className="table-pair">
        <PlainTable
          caption="By days left"
          head={["Ends", "Credentials", "Transports"]}
          rows={endings.counts.map(({ within, count }) => ({
            key: within,
            cells: [
              secretEndWords[within],
              <NumberLink
                key="count"
                count={count}
                href={credentialsHref(dashboard, { secretEnds: within, sort: "secretEndsAt" })}
                label={`credentials: ${secretEndWords[within]}`}
              />,
              <TransportEndings key="transports" dashboard={dashboard} within={within} />,
            ],
          }))}
          empty=""
        />
        <PlainTable
          caption="The next to end"
          head={["Credential or transport", { text: "Ends" }]}
          rows={endings.next.map(({ kind, id, name, owner, endsAt }) => ({
            key: id,
            cells: [
              <div key="name">
                <Link className="link" href={`/${kind}s/${id}`} prefetch={false}>
                  {name}
                </Link>
                <div className="font-normal text-dimmed">
                  {owner || (kind === "transport" ? "a transport" : "no owner")}
                </div>
              </div>,
              <DaysLeft key="at" endsAt={endsAt} />,
            ],
          }))}
          empty="No end is known. Enter the expiry date of each secret; that of a certificate is read from it."
        />
      </div>
    </Card>
  );
}

/** Transports whose client certificate or trusted CA ends so; what has no certificate is not counted. */
function TransportEndings({ dashboard, within }: Props & { within: SecretEndFilter }) {
  const found = dashboard.endings.transports.find((row) => row.within === within);
  if (!found) return null;
  return (
    <NumberLink
      count={found.count}
      href={transportsHref(dashboard, { certificateEnds: found.within })}
      label={`transports: ${secretEndWords[within]}`}
    />
  );
}

/** How long transports could go on without their provider. */
export function RunwayCard({ dashboard }: Props) {
  const { runway } = dashboard;
  return (
    <Card
      title="Outage runway"
      description="If the providers failed now: which transports still hold a valid token, and for how long. People's own tokens are not counted."
      actions={<ExportButton block="runway" name="outage runway" />}
    >
      <div className="table-pair">
        <PlainTable
          caption="Transports by runway"
          head={["A valid token", "Transports"]}
          rows={(["none", "hour", "longer"] as const).map((name) => ({
            key: name,
            cells: [
              runwayWords[name],
              <NumberLink
                key="count"
                count={runway.counts[name]}
                href={transportsHref(dashboard, { runway: name })}
                label={`transports: ${runwayWords[name]}`}
              />,
            ],
          }))}
          empty=""
        />
        <PlainTable
          caption="The shortest"
          head={["Transport", { text: "Token ends" }]}
          rows={runway.worst.map((row) => ({
            key: row.transportId,
            cells: [
              <div key="transport">
                <Link className="link" href={`/transports/${row.transportId}`} prefetch={false}>
                  {row.transportName}
                </Link>
                <div className="font-normal text-dimmed">
                  {"with "}
                  <Link className="link" href={`/credentials/${row.credentialId}`} prefetch={false}>
                    {row.credentialName}
                  </Link>
                </div>
              </div>,
              <Instant key="until" at={row.tokenUntil} show="relative" fallback="none" />,
            ],
          }))}
          empty="No transport sends a token of an Application credential."
        />
      </div>
    </Card>
  );
}

/** Credentials that nothing uses or nobody owns. */
export function IdleCard({ dashboard }: Props) {
  const { idle } = dashboard;
  return (
    <Card title="Unused and ownerless" actions={<ExportButton block="idle" name="unused and ownerless credentials" />}>
      <dl className="key-value">
        <div>
          <dt>Used by no transport</dt>
          <dd>
            <NumberLink
              count={idle.unused}
              href={credentialsHref(dashboard, { used: "false" })}
              label="credentials used by no transport"
            />
          </dd>
        </div>
        <div>
          <dt>Without an owner</dt>
          <dd>
            <NumberLink
              count={idle.ownerless}
              href={credentialsHref(dashboard, { ownerless: "true" })}
              label="credentials without an owner"
            />
          </dd>
        </div>
      </dl>
    </Card>
  );
}

/** Sign-ins by profile, and why some were refused. */
export function SignInCard({ dashboard }: Props) {
  const { signIns } = dashboard;
  const of = (credentialId: string, outcome: string, reason?: string) =>
    eventsHref(dashboard, { kind: "sign_in", credentialId, outcome, reason });
  return (
    <Card title="Sign-ins" actions={<ExportButton block="signIns" name="sign-ins" />}>
      <div className="table-pair">
        <PlainTable
          caption="By profile"
          head={["Profile", "Signed in", "Refused"]}
          rows={signIns.profiles.map(({ credentialId, name, succeeded, failed }) => ({
            key: credentialId,
            cells: [
              name,
              <NumberLink
                key="ok"
                count={succeeded}
                href={of(credentialId, "succeeded")}
                label={`signed in with ${name}`}
              />,
              <NumberLink key="bad" count={failed} href={of(credentialId, "failed")} label={`refused with ${name}`} />,
            ],
          }))}
          empty="Nobody signed in with a profile in this time."
        />
        <PlainTable
          caption="Refused by reason"
          head={["Reason", "Refused"]}
          rows={signIns.reasons.map(({ credentialId, name, reason, count }) => ({
            key: `${credentialId} ${reason}`,
            cells: [
              <div key="reason">
                <code>{reason || "unknown"}</code>
                <div className="font-normal text-dimmed wrap-anywhere">{name}</div>
              </div>,
              <NumberLink
                key="count"
                count={count}
                href={of(credentialId, "failed", reason)}
                label={`refused with ${reason}`}
              />,
            ],
          }))}
          empty="Nobody was refused."
        />
      </div>
    </Card>
  );
}
