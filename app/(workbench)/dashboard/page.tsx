import type { Metadata } from "next";
import { findNodeChoices } from "#app/_shared/options/find-options.ts";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { firstValues, hrefWith, type SearchParams } from "#app/_ui/url.ts";
import { allowedNodes } from "#lib/access/permissions/permissions.ts";
import { getChanges } from "#lib/oversight/dashboards/get-changes.ts";
import { getDashboard } from "#lib/oversight/dashboards/get-dashboard.ts";
import { dashboardQuery } from "#lib/oversight/dashboards/span.ts";
import { mayDoSomewhere, runPage } from "#lib/web/action.ts";
import { readQuery } from "#lib/web/read-query.ts";
import { ChangeCard } from "./_components/change-card.tsx";
import { CredentialCard } from "./_components/credential-card.tsx";
import { EndingCard } from "./_components/ending-card.tsx";
import { ExportButton } from "./_components/export-button.tsx";
import { IdleCard } from "./_components/idle-card.tsx";
import { LiveRefresh } from "./_components/live-refresh.tsx";
import { RequestCard } from "./_components/request-card.tsx";
import { RunCard } from "./_components/run-card.tsx";
import { RunwayCard } from "./_components/runway-card.tsx";
import { PrintButton, ScopeBar } from "./_components/scope-bar.tsx";
import { SignInCard } from "./_components/sign-in-card.tsx";
import { SignReview } from "./_components/sign-review.tsx";
import { summarize } from "./_components/words.ts";

export const metadata: Metadata = { title: "Dashboard" };

export default async function DashboardPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams;
  const query = readQuery(dashboardQuery, firstValues(params));
  const isWall = params.view === "wall";
  const { dashboard, changes, node, mayClear, mayAdd } = await runPage(async (ctx) => {
    const [dashboard, changes] = await Promise.all([getDashboard(ctx, query), getChanges(ctx, query.nodeId)]);
    const { nodeId } = dashboard.scope;
    return {
      dashboard,
      changes,
      node: nodeId ? await findNodeChoices(ctx, { q: "", include: [nodeId] }, "dashboard.read") : [],
      mayClear: allowedNodes(ctx.grants, "dashboard.read") === "all",
      mayAdd: mayDoSomewhere(ctx, "credentials.write"),
    };
  });
  const summary = summarize(dashboard);
  const { nodeId, nodeName } = dashboard.scope;
  return (
    <div data-view={isWall ? "wall" : undefined}>
      <PageHeader
        title={`Dashboard: ${nodeName}`}
        description={summary}
        actions={
          <>
            <LinkButton variant="default" href={hrefWith("/dashboard", params, { view: isWall ? undefined : "wall" })}>
              {isWall ? "Leave the wall view" : "Wall view"}
            </LinkButton>
            <PrintButton />
            <ExportButton name="the whole dashboard" />
            {!isWall && (
              <LinkButton variant="default" href="/dashboard/reviews">
                Reviews
              </LinkButton>
            )}
            <SignReview query={{ ...query, nodeId: nodeId ?? undefined }} nodeName={nodeName} summary={summary} />
          </>
        }
      />
      <ScopeBar
        key={nodeId}
        nodeId={nodeId}
        node={node}
        mayClear={mayClear}
        range={query.range}
        since={query.since}
        until={query.until}
        shownSince={dashboard.span.since}
      />
      <LiveRefresh at={dashboard.at} summary={summary} />
      <div className="dashboard-blocks">
        <div>
          <CredentialCard dashboard={dashboard} mayAdd={mayAdd} />
          {!isWall && <ChangeCard dashboard={dashboard} changes={changes} />}
          <EndingCard dashboard={dashboard} />
        </div>
        <div>
          <RunwayCard dashboard={dashboard} />
          <IdleCard dashboard={dashboard} />
        </div>
        <div>
          <RunCard dashboard={dashboard} />
          <RequestCard dashboard={dashboard} />
          <SignInCard dashboard={dashboard} />
        </div>
      </div>
    </div>
  );
}
