import { PlusIcon } from "lucide-react";
import type { Metadata } from "next";
import { RoleList } from "#app/_shared/accounts/role-list.tsx";
import { listPage } from "#app/_shared/lists/list-page.tsx";
import { Badge } from "#app/_ui/badge.tsx";
import type { Column } from "#app/_ui/data-table.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { listApiKeys } from "#lib/access/api-keys/api-keys.ts";
import { type ApiKeySummary, apiKeyFields } from "#lib/access/api-keys/definition.ts";
import { apiKeyQuery } from "#lib/access/api-keys/schema.ts";
import { labelsOf } from "#lib/platform/definitions/field.ts";
import { RevokeApiKey } from "./_components/revoke-api-key.tsx";

export const metadata: Metadata = { title: "API keys" };

const filters = [
  {
    name: "status",
    label: "Status",
    options: [
      { value: "active", label: "Active" },
      { value: "expired", label: "Expired" },
      { value: "revoked", label: "Revoked" },
    ],
  },
];

const badges = {
  active: <Badge tone="ok">Active</Badge>,
  expired: <Badge tone="warn">Expired</Badge>,
  revoked: <Badge tone="muted">Revoked</Badge>,
};

const labels = labelsOf(apiKeyFields);

const columns: Column<ApiKeySummary>[] = [
  { key: "name", header: labels.name, sort: "name", isRowHeader: true, wide: true, render: (key) => key.name },
  { key: "prefix", header: "Key", render: (key) => <code>{key.prefix}…</code> },
  { key: "role", header: labels.role, render: (key) => <RoleList roles={[key]} /> },
  { key: "status", header: "Status", render: (key) => badges[key.status] },
  {
    key: "lastUsedAt",
    header: "Last used",
    sort: "lastUsedAt",
    render: (key) => <Instant at={key.lastUsedAt} show="relative" />,
  },
  {
    key: "expiresAt",
    header: labels.expiresAt,
    sort: "expiresAt",
    render: (key) => <Instant at={key.expiresAt} show="date" />,
  },
  {
    key: "createdAt",
    header: "Made",
    sort: "createdAt",
    render: (key) => (
      <div>
        <Instant at={key.createdAt} show="date" /> <span className="text-dimmed wrap-anywhere">by {key.createdBy}</span>
      </div>
    ),
  },
  {
    key: "actions",
    header: "Actions",
    align: "end",
    render: (key) => key.status !== "revoked" && <RevokeApiKey id={key.id} name={key.name} />,
  },
];

const add = (
  <LinkButton href="/api-keys/new" leftSection={<PlusIcon size={16} aria-hidden />}>
    Make API key
  </LinkButton>
);

export default listPage({
  path: "/api-keys",
  schema: apiKeyQuery,
  list: listApiKeys,
  view: () => ({
    title: "API keys",
    description:
      "Keys with which programs use the REST API or read the metrics, each with one role. A key is shown once, when it is made.",
    actions: add,
    search: "Search by name",
    filters,
    table: {
      caption: "API keys",
      columns,
      noMatch: { title: "No API key fits", text: "Search for less, or clear the filters." },
      empty: { title: "No API keys yet", text: "A program needs one to use the REST API.", action: add },
    },
  }),
});
