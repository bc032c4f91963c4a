import type { ReactNode } from "react";
import { Card } from "#app/_ui/card.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import type { TransportUse } from "#lib/delivery/transports/model.ts";

const shown = 50;

/** The triggers that send their requests over this transport. */
export function UsedBy({ uses, action }: { uses: TransportUse[]; action: ReactNode }) {
  return (
    <Card title="Used by" actions={action}>
      {uses.length === 0 ? (
        <p className="m-0 text-dimmed">No trigger uses it yet. A trigger sends a request over a transport.</p>
      ) : (
        <ul className="m-0 grid list-none gap-2 p-0">
          {uses.slice(0, shown).map((use) => (
            <li key={use.id} className="wrap-anywhere">
              <TextLink href={`/triggers/${use.id}`}>{use.name}</TextLink>
            </li>
          ))}
          {uses.length > shown && <li className="text-dimmed">and {uses.length - shown} more</li>}
        </ul>
      )}
    </Card>
  );
}
