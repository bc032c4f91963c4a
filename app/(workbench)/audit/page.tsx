import type { Metadata } from "next";
import { type Column, DataTable } from "#app/_ui/data-table.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { FilterBar } from "#app/_ui/filter-bar.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { TimeFilter } from "#app/_ui/time-filter.tsx";
import { firstValues, type SearchParams } from "#app/_ui/url.ts";
import { type AuditRecord, listAudit, listAuditActions } from "#lib/oversight/audit-log/list-audit.ts";
import { auditQuery } from "#lib/oversight/audit-log/schema.ts";
import { runPage } from "#lib/web/action.ts";
import { readQuery } from "#lib/web/read-query.ts";
import { ActiveFilters } from "./_components/active-filters.tsx";
import { AuditActor, AuditTarget } from "./_components/audit-names.tsx";
import { Changes } from "./_components/changes.tsx";
import { describeAction } from "./_components/describe-action.ts";

export const metadata: Metadata = { title: "Audit log" };

const columns: Column<AuditRecord>[] = [
  {
    key: "at",
    header: "When",
    isRowHeader: true,
    render: (record) => <Instant at={record.at} show="absolute" seconds />,
  },
  { key: "actor", header: "Who", render: (record) => <AuditActor record={record} /> },
  {
    key: "action",
    header: "Action",
    render: (record) => <span title={record.action}>{describeAction(record.action)}</span>,
  },
  { key: "target", header: "On", render: (record) => <AuditTarget record={record} /> },
  { key: "changes", header: "Changes", wide: true, render: (record) => <Changes record={record} /> },
];

export default async function AuditPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return runPage(async (ctx) => {
    const params = await searchParams;
    const query = readQuery(auditQuery, firstValues(params));
    const [page, actions] = await Promise.all([listAudit(ctx, query), listAuditActions(ctx)]);
    const actionFilter = {
      name: "action",
      label: "Action",
      options: actions.map((action) => ({ value: action, label: describeAction(action) })),
    };
    const { cursor: _, limit: __, ...narrowing } = query;
    const isFiltered = Object.values(narrowing).some(Boolean);
    return (
      <>
        <PageHeader
          title="Audit log"
          description="Who changed or used what, from where. Records can't be changed and hold no secrets."
        />
        <FilterBar searchLabel="Search by name, address or id" filters={[actionFilter]} />
        <TimeFilter from={query.from} to={query.to} />
        <ActiveFilters params={params} query={query} />
        <DataTable
          caption="Audit records, newest first"
          columns={columns}
          rows={page.items}
          rowKey={(record) => record.id}
          path="/audit"
          params={params}
          nextCursor={page.nextCursor}
          empty={
            isFiltered ? (
              <EmptyState title="Nothing fits" text="Widen the time, search for less, or clear the filters." />
            ) : (
              <EmptyState title="Nothing happened yet" text="Changes appear here as they are made." />
            )
          }
        />
      </>
    );
  });
}
