import Link from "next/link";
import { Card } from "#app/_ui/card.tsx";
import type { CredentialUse } from "#lib/oauth/credentials/model.ts";

const shown = 50;

/** The transports that send this credential's token. */
export function UsedBy({ uses }: { uses: CredentialUse[] }) {
  return (
    <Card title="Used by">
      {uses.length === 0 ? (
        <p className="m-0 text-dimmed">
          No transport uses it yet. Choose Credential under Authorization of a transport, then this one's name.
        </p>
      ) : (
        <ul className="m-0 grid list-none gap-2 p-0">
          {uses.slice(0, shown).map((use) => (
            <li key={use.id} className="wrap-anywhere">
              <Link className="link underline" href={`/transports/${use.id}`} prefetch={false}>
                {use.name}
              </Link>{" "}
              <span className="text-dimmed">on {use.nodeName}</span>
            </li>
          ))}
          {uses.length > shown && <li className="text-dimmed">and {uses.length - shown} more</li>}
        </ul>
      )}
    </Card>
  );
}
