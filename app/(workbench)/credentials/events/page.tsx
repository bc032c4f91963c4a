import type { Metadata } from "next";
import Link from "next/link";
import { findFilterNodes } from "#app/_shared/options/actions.ts";
import { findNodeChoices } from "#app/_shared/options/find-options.ts";
import { Badge } from "#app/_ui/badge.tsx";
import { DataTable } from "#app/_ui/data-table.tsx";
import { Duration } from "#app/_ui/duration.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { FilterBar } from "#app/_ui/filter-bar.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { listFrom } from "#app/_ui/list-from.ts";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { TimeFilter } from "#app/_ui/time-filter.tsx";
import { firstValues, type SearchParams } from "#app/_ui/url.ts";
import { allEventQuery, listAllEvents } from "#lib/oauth/credential-lists/list-all-events.ts";
import { runPage } from "#lib/web/action.ts";
import { readQuery } from "#lib/web/read-query.ts";

export const metadata: Metadata = { title: "Token requests and sign-ins" };

export default async function EventsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams;
  const query = readQuery(allEventQuery, firstValues(params));
  const { page, nodes } = await runPage(async (ctx) => ({
    page: await listFrom((cursor) => listAllEvents(ctx, { ...query, cursor }), query.cursor),
    nodes: query.nodeId ? await findNodeChoices(ctx, { q: "", include: [query.nodeId] }) : [],
  }));
  const only = (name: "host" | "reason", label: string) =>
    query[name] ? [{ name, label, options: [{ value: query[name], label: query[name] }] }] : [];
  return (
    <>
      <PageHeader
        title="Token requests and sign-ins"
        description="Of all credentials, newest first."
        breadcrumbs={[{ label: "Credentials", href: "/credentials" }]}
      />
      <FilterBar
        filters={[
          {
            name: "kind",
            label: "What",
            options: [
              { value: "token", label: "Token requests" },
              { value: "sign_in", label: "Sign-ins" },
            ],
          },
          {
            name: "outcome",
            label: "Outcome",
            options: [
              { value: "succeeded", label: "Succeeded" },
              { value: "failed", label: "Failed" },
            ],
          },
          { name: "nodeId", label: "Node", find: findFilterNodes, initial: nodes },
          ...only("host", "Provider"),
          ...only("reason", "Reason"),
        ]}
      />
      <TimeFilter from={query.since} to={query.until} names={{ from: "since", to: "until" }} />
      <DataTable
        caption="Token requests and sign-ins, newest first"
        columns={[
          { key: "at", header: "When", isRowHeader: true, render: ({ at }) => <Instant at={at} seconds /> },
          {
            key: "credential",
            header: "Credential",
            render: ({ credentialId, credentialName }) =>
              credentialName === null ? (
                <span className="text-dimmed">deleted</span>
              ) : (
                <Link className="link" href={`/credentials/${credentialId}`} prefetch={false}>
                  {credentialName}
                </Link>
              ),
          },
          { key: "cause", header: "By", render: ({ cause }) => cause },
          {
            key: "outcome",
            header: "Outcome",
            render: ({ outcome, providerCode, errorCode }) => (
              <div className="grid justify-items-start gap-0.5">
                {outcome === "succeeded" ? <Badge tone="ok">Succeeded</Badge> : <Badge tone="bad">Failed</Badge>}
                {outcome === "failed" && <code>{providerCode ?? errorCode}</code>}
              </div>
            ),
          },
          {
            key: "duration",
            header: "Duration",
            align: "end",
            render: ({ durationMs }) => <Duration ms={durationMs} />,
          },
          { key: "description", header: "Description", wide: true, render: ({ description }) => description },
        ]}
        rows={page.items}
        rowKey={({ id }) => id}
        path="/credentials/events"
        params={params}
        nextCursor={page.nextCursor}
        empty={<EmptyState title="Nothing fits" text="Widen the time or clear the filters." />}
      />
    </>
  );
}
