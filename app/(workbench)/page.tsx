import type { Metadata } from "next";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { isAllowed } from "#lib/access/permissions/permissions.ts";
import { listRuns } from "#lib/delivery/runs/read-runs.ts";
import { countCredentials } from "#lib/oauth/credential-lists/count-credentials.ts";
import { runPage } from "#lib/web/action.ts";
import { getPublicTree } from "./_components/public-tree.ts";
import { Welcome } from "./_components/welcome.tsx";
import { CredentialCounts } from "./_overview/credential-counts.tsx";
import { LatestRuns } from "./_overview/latest-runs.tsx";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage() {
  const publicTree = await getPublicTree();
  if (publicTree) return <Welcome profiles={publicTree.profiles} />;
  const { counts, runs, mayAdd, hasRole } = await runPage(async (ctx) => {
    const [counts, runs] = await Promise.all([
      isAllowed(ctx.grants, "credentials.read", null) ? countCredentials(ctx) : null,
      listRuns(ctx, { limit: 8 }),
    ]);
    const mayAdd = isAllowed(ctx.grants, "credentials.write", null);
    return { counts, runs: runs.items, mayAdd, hasRole: ctx.grants.length > 0 };
  });
  return (
    <>
      <PageHeader title="Overview" description="How the credentials are and what ran lately." />
      {hasRole ? (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          {counts && <CredentialCounts counts={counts} mayAdd={mayAdd} />}
          <LatestRuns runs={runs} />
        </div>
      ) : (
        <div className="card">
          <EmptyState
            title="You have no role yet"
            text="Ask an admin for one. Until then there is nothing to see here."
          />
        </div>
      )}
    </>
  );
}
