import { PlusIcon } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { RoleList } from "#app/_shared/accounts/role-list.tsx";
import { roleOptions } from "#app/_shared/accounts/role-words.ts";
import { listPage } from "#app/_shared/lists/list-page.tsx";
import type { Column } from "#app/_ui/data-table.tsx";
import { EnabledBadge } from "#app/_ui/enabled-badge.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { type UserSummary, userFields } from "#lib/access/accounts/definition.ts";
import { listUsers } from "#lib/access/accounts/list-users.ts";
import { type UserQuery, userQuery } from "#lib/access/accounts/schema.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { nameIssuers } from "#lib/oauth/credential-lists/name-issuers.ts";
import type { Page } from "#lib/platform/db/keyset.ts";
import { labelsOf } from "#lib/platform/definitions/field.ts";
import { listIssuers, ProviderName } from "./_components/provider-name.tsx";

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

type Row = UserSummary & { providerName: string | null };

/** Users with the names of the credentials that they sign in with. */
async function listUsersWithProvider(ctx: Context, query: UserQuery): Promise<Page<Row>> {
  const page = await listUsers(ctx, query);
  const names = await nameIssuers(ctx, listIssuers(page.items));
  return { ...page, items: page.items.map((user) => ({ ...user, providerName: names.get(user.source) ?? null })) };
}

const columns: Column<Row>[] = [
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
  { key: "provider", header: "Provider", render: (user) => <ProviderName {...user} name={user.providerName} /> },
  { key: "roles", header: labels.roles, wide: true, render: (user) => <RoleList roles={user.roles} /> },
  {
    key: "status",
    header: "Status",
    render: (user) => <EnabledBadge enabled={!user.disabled} />,
  },
  {
    key: "lastSignInAt",
    header: "Last sign-in",
    sort: "lastSignInAt",
    render: (user) => <Instant at={user.lastSignInAt} />,
  },
];

export default listPage({
  path: "/users",
  schema: userQuery,
  list: listUsersWithProvider,
  view: () => ({
    title: "Users",
    description: "People who can sign in and their roles",
    actions: (
      <>
        <LinkButton href="/users/second-factor" variant="default">
          Second factor
        </LinkButton>
        <LinkButton href="/users/new" leftSection={<PlusIcon size={16} aria-hidden />}>
          Add user
        </LinkButton>
      </>
    ),
    search: "Search by username or name",
    filters,
    table: {
      caption: "Users",
      columns,
      noMatch: { title: "No matching users", text: "Change the search, or clear the filters." },
      empty: { title: "No users here", text: "Go back to the first page." },
    },
  }),
});
