import { PlusIcon } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { Badge } from "#app/_ui/badge.tsx";
import { type Column, DataTable } from "#app/_ui/data-table.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { FilterBar } from "#app/_ui/filter-bar.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { firstValues, type SearchParams } from "#app/_ui/url.ts";
import { type UserSummary, userFields } from "#lib/access/accounts/definition.ts";
import { listUsers } from "#lib/access/accounts/list-users.ts";
import { userQuery } from "#lib/access/accounts/schema.ts";
import { labelsOf } from "#lib/platform/definitions/field.ts";
import { runPage } from "#lib/web/action.ts";
import { readQuery } from "#lib/web/read-query.ts";
import { RoleList } from "./_components/role-list.tsx";
import { roleOptions } from "./_components/role-words.ts";

export const metadata: Metadata = { title: "Users" };

const filters = [
  { name: "role", label: "Role", options: roleOptions },
  {
    name: "status",
    label: "Status",
    options: [
      { value: "enabled", label: "Enabled" },
      { value: "disabled", label: "Disabled" },
    ],
  },
];

const labels = labelsOf(userFields);

const columns: Column<UserSummary>[] = [
  {
    key: "username",
    header: labels.username,
    sort: "username",
    isRowHeader: true,
    render: (user) => (
      <Link className="link" href={`/users/${user.id}`}>
        {user.username}
      </Link>
    ),
  },
  { key: "name", header: labels.displayName, sort: "displayName", render: (user) => user.displayName },
  { key: "roles", header: labels.roles, wide: true, render: (user) => <RoleList roles={user.roles} /> },
  {
    key: "status",
    header: "Status",
    render: (user) => (user.disabled ? <Badge tone="muted">Disabled</Badge> : <Badge tone="ok">Enabled</Badge>),
  },
  {
    key: "lastSignInAt",
    header: "Last sign-in",
    sort: "lastSignInAt",
    render: (user) => <Instant at={user.lastSignInAt} />,
  },
];

export default async function UsersPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return runPage(async (ctx) => {
    const params = await searchParams;
    const query = readQuery(userQuery, firstValues(params));
    const page = await listUsers(ctx, query);
    const isFiltered = query.q || query.role || query.status;
    return (
      <>
        <PageHeader
          title="Users"
          description="Who may sign in, with which roles and where."
          actions={
            <>
              <LinkButton href="/users/second-factor" variant="default">
                Second factor
              </LinkButton>
              <LinkButton href="/users/new" leftSection={<PlusIcon size={16} aria-hidden />}>
                Add user
              </LinkButton>
            </>
          }
        />
        <FilterBar searchLabel="Search by username or name" filters={filters} />
        <DataTable
          caption="Users"
          columns={columns}
          rows={page.items}
          rowKey={(user) => user.id}
          path="/users"
          params={params}
          sort={query.sort}
          nextCursor={page.nextCursor}
          empty={
            isFiltered ? (
              <EmptyState title="No user fits" text="Search for less, or clear the filters." />
            ) : (
              <EmptyState title="No users here" text="Go back to the first page." />
            )
          }
        />
      </>
    );
  });
}
