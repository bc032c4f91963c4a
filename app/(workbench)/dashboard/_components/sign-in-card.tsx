import { Card } from "#app/_ui/card.tsx";
import type { Dashboard } from "#lib/oversight/dashboards/model.ts";
import { ExportButton } from "./export-button.tsx";
import { eventsHref } from "./links.ts";
import { NumberLink } from "./number-link.tsx";
import { PlainTable } from "./plain-table.tsx";

type Props = { dashboard: Dashboard };

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
