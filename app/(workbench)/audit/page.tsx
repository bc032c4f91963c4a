import type { Metadata } from "next";
import { listPage } from "#app/_shared/lists/list-page.tsx";
import type { Column } from "#app/_ui/data-table.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { type AuditRecord, listAudit, listAuditActions } from "#lib/oversight/audit-log/list-audit.ts";
import { auditQuery } from "#lib/oversight/audit-log/schema.ts";
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

export default listPage({
  path: "/audit",
  schema: auditQuery,
  list: listAudit,
  view: async (ctx, query, params) => {
    const actions = await listAuditActions(ctx);
    return {
      title: "Audit log",
      description: "Who changed or used what, from where. Records can't be changed and hold no secrets.",
      search: "Search by name, address or id",
      filters: [
        {
          name: "action",
          label: "Action",
          options: actions.map((action) => ({ value: action, label: describeAction(action) })),
        },
      ],
      times: ["from", "to"],
      note: <ActiveFilters params={params} query={query} />,
      table: {
        caption: "Audit records, newest first",
        columns,
        noMatch: { title: "Nothing fits", text: "Widen the time, search for less, or clear the filters." },
        empty: { title: "Nothing happened yet", text: "Changes appear here as they are made." },
      },
    };
  },
});
