import type { Metadata } from "next";
import Link from "next/link";
import { Card } from "#app/_ui/card.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { StatusBadge } from "#app/_ui/status-badge.tsx";
import { countCredentials } from "#lib/credentials/count-credentials.ts";
import { credentialStatuses } from "#lib/credentials/model.ts";
import { isAllowed } from "#lib/identity/permissions.ts";
import { runPage } from "#lib/web/action.ts";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage() {
  const { counts, mayAdd, hasRole } = await runPage(async (ctx) => ({
    counts: isAllowed(ctx.grants, "credentials.read", null) ? await countCredentials(ctx) : null,
    mayAdd: isAllowed(ctx.grants, "credentials.write", null),
    hasRole: ctx.grants.length > 0,
  }));
  return (
    <>
      <PageHeader title="Overview" description="How the credentials are and what ran lately." />
      <div className="grid gap-5">
        {!hasRole && (
          <div className="card">
            <EmptyState
              title="You have no role yet"
              text="Ask an admin for one. Until then there is nothing to see here."
            />
          </div>
        )}
        {counts && (
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
                      className="grid gap-2 rounded border border-solid border-line p-3 text-text no-underline hover:bg-hover"
                    >
                      <span className="text-2xl font-semibold tabular-nums">{counts[status] ?? 0}</span>
                      <span>
                        <StatusBadge status={status} />
                      </span>
                    </Link>
                  </li>
                ))}
              </ul>
            )}
          </Card>
        )}
      </div>
    </>
  );
}
