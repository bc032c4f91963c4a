import { runwayWords } from "#app/_shared/credentials/words.ts";
import { Card } from "#app/_ui/card.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import type { Dashboard } from "#lib/oversight/dashboards/model.ts";
import { ExportButton } from "./export-button.tsx";
import { transportsHref } from "./links.ts";
import { NumberLink } from "./number-link.tsx";
import { PlainTable } from "./plain-table.tsx";

type Props = { dashboard: Dashboard };

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
                <TextLink href={`/transports/${row.transportId}`}>{row.transportName}</TextLink>
                <div className="font-normal text-dimmed">
                  {"with "}
                  <TextLink href={`/credentials/${row.credentialId}`}>{row.credentialName}</TextLink>
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
