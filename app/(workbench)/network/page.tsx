import { NetworkIcon, PlusIcon, ShieldCheckIcon } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { Section } from "#app/_ui/card.tsx";
import { type Column, DataTable } from "#app/_ui/data-table.tsx";
import { DaysLeft } from "#app/_ui/days-left.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { requirePermission } from "#lib/access/permissions/context.ts";
import { listAuthorities } from "#lib/oauth/network/authorities.ts";
import {
  type AuthoritySummary,
  authorityLabels,
  type ProxySummary,
  proxyLabels,
} from "#lib/oauth/network/definition.ts";
import { listProxies } from "#lib/oauth/network/proxies.ts";
import { runPage } from "#lib/web/action.ts";

export const metadata: Metadata = { title: "Network" };

const proxiesPath = "/network/proxies";
const authoritiesPath = "/network/certificate-authorities";

function nameColumn<T extends { id: string; name: string }>(path: string, header: string): Column<T> {
  return {
    key: "name",
    header,
    isRowHeader: true,
    render: ({ id, name }) => (
      <Link className="link block wrap-anywhere lg:min-w-40" href={`${path}/${id}`} prefetch={false}>
        {name}
      </Link>
    ),
  };
}

const proxyColumns: Column<ProxySummary>[] = [
  nameColumn(proxiesPath, proxyLabels.name),
  {
    key: "url",
    header: proxyLabels.url,
    wide: true,
    render: ({ url }) => <span className="wrap-anywhere">{url}</span>,
  },
  {
    key: "username",
    header: proxyLabels.username,
    render: ({ username, passwordSetAt }) =>
      username ? `${username}${passwordSetAt ? ", with password" : ""}` : <span className="text-dimmed">none</span>,
  },
  { key: "usedBy", header: "Used by", align: "end", render: ({ usedBy }) => usedBy },
];

const authorityColumns: Column<AuthoritySummary>[] = [
  nameColumn(authoritiesPath, authorityLabels.name),
  {
    key: "subjects",
    header: "Subject",
    wide: true,
    render: ({ subjects: [first, ...more] }) => (
      <span className="wrap-anywhere">
        {first?.subject}
        {more.length > 0 && <span className="text-dimmed"> and {more.length} more</span>}
      </span>
    ),
  },
  { key: "expiresAt", header: "Expires", render: ({ expiresAt }) => <DaysLeft endsAt={expiresAt} /> },
  { key: "usedBy", header: "Used by", align: "end", render: ({ usedBy }) => usedBy },
];

export default async function NetworkPage() {
  const [proxies, authorities] = await runPage((ctx) => {
    requirePermission(ctx, "network.write");
    return Promise.all([listProxies(ctx, { limit: 200 }), listAuthorities(ctx, { limit: 200 })]);
  });
  return (
    <>
      <PageHeader
        title="Network"
        description="Proxies and certificate authorities that transports and credentials select by name. Engineers can select them, but can't see passwords."
      />
      <Section title="Proxies" actions={<AddButton label="Create proxy" href={`${proxiesPath}/new`} />}>
        <DataTable
          caption="Proxies"
          columns={proxyColumns}
          rows={proxies.items}
          rowKey={({ id }) => id}
          empty={
            <EmptyState
              icon={<NetworkIcon size={32} strokeWidth={1.4} aria-hidden />}
              title="No proxies yet"
              text="Create a proxy here once, and select it in every transport and credential that needs it. A change applies to all of them."
            />
          }
        />
      </Section>
      <Section
        title="Certificate authorities"
        actions={<AddButton label="Create certificate authority" href={`${authoritiesPath}/new`} />}
      >
        <DataTable
          caption="Certificate authorities"
          columns={authorityColumns}
          rows={authorities.items}
          rowKey={({ id }) => id}
          empty={
            <EmptyState
              icon={<ShieldCheckIcon size={32} strokeWidth={1.4} aria-hidden />}
              title="No certificate authorities yet"
              text="Create one for servers whose certificates come from a private CA. Only the transports and credentials that select it trust it."
            />
          }
        />
      </Section>
    </>
  );
}

function AddButton({ label, href }: { label: string; href: string }) {
  return (
    <LinkButton href={href} leftSection={<PlusIcon size={16} aria-hidden />}>
      {label}
    </LinkButton>
  );
}
