import { SuccessorNote } from "#app/_shared/credentials/successor-note.tsx";
import { secretEndWords } from "#app/_shared/credentials/words.ts";
import { Card } from "#app/_ui/card.tsx";
import { DaysLeft } from "#app/_ui/days-left.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import type { SecretEndFilter } from "#lib/oauth/credentials/schema.ts";
import type { Dashboard } from "#lib/oversight/dashboards/model.ts";
import { ExportButton } from "./export-button.tsx";
import { credentialsHref, transportsHref } from "./links.ts";
import { NumberLink } from "./number-link.tsx";
import { PlainTable } from "./plain-table.tsx";

type Props = { dashboard: Dashboard };

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
          rows={endings.next.map(({ kind, id, name, owner, endsAt, successor }) => ({
            key: id,
            cells: [
              <div key="name">
                <TextLink href={`/${kind}s/${id}`}>{name}</TextLink>
                <div className="font-normal text-dimmed">
                  {owner || (kind === "transport" ? "a transport" : "no owner")}
                </div>
              </div>,
              <div key="at">
                <DaysLeft endsAt={endsAt} />
                <SuccessorNote credentialId={id} successor={successor} />
              </div>,
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
