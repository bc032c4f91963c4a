import { Card } from "#app/_ui/card.tsx";
import type { Dashboard } from "#lib/oversight/dashboards/model.ts";
import { ExportButton } from "./export-button.tsx";
import { credentialsHref } from "./links.ts";
import { NumberLink } from "./number-link.tsx";

type Props = { dashboard: Dashboard };

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
