import Link from "next/link";
import { Card } from "#app/_ui/card.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { StatusBadge } from "#app/_ui/status-badge.tsx";
import { type CredentialStatus, credentialStatuses } from "#lib/oauth/credentials/kinds.ts";

type Props = { counts: Partial<Record<CredentialStatus, number>>; mayAdd: boolean };

/** How many credentials have which status, each a link to those. */
export function CredentialCounts({ counts, mayAdd }: Props) {
  return (
    <Card
      title="Credentials"
      actions={
        <Link className="link text-sm" href="/credentials">
          All credentials
        </Link>
      }
    >
      {Object.keys(counts).length === 0 ? (
        <EmptyState
          title="No credentials yet"
          text="A credential is an OAuth2 client at your identity provider. Transports send its token along."
          action={mayAdd && <LinkButton href="/credentials/new">Add the first credential</LinkButton>}
        />
      ) : (
        <ul className="m-0 grid list-none grid-cols-2 gap-3 p-0 sm:grid-cols-3 xl:grid-cols-6">
          {credentialStatuses.map((status) => (
            <li key={status}>
              <Link
                href={`/credentials?status=${status}`}
                prefetch={false}
                className="grid gap-2 rounded-md border border-solid border-line p-3 text-text no-underline hover:bg-hover"
              >
                <span className={`text-2xl font-semibold tabular-nums ${counts[status] ? "" : "text-dimmed"}`}>
                  {counts[status] ?? 0}
                </span>
                <span>
                  <StatusBadge status={status} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
