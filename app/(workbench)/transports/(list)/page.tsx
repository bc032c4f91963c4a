import { ArrowRightLeftIcon, PlusIcon } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { runwayWords, secretEndWords } from "#app/_shared/credentials/words.ts";
import { findFilterCredentials, findFilterNodes } from "#app/_shared/options/actions.ts";
import { findCredentialChoices, findNodeChoices } from "#app/_shared/options/find-options.ts";
import { type Column, DataTable } from "#app/_ui/data-table.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { FilterBar } from "#app/_ui/filter-bar.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { listFrom } from "#app/_ui/list-from.ts";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { firstValues, type SearchParams } from "#app/_ui/url.ts";
import { listTransports } from "#lib/delivery/transports/list-transports.ts";
import {
  certificateEndFilters,
  runways,
  type TransportSummary,
  transportTypes,
} from "#lib/delivery/transports/model.ts";
import { transportQuery } from "#lib/delivery/transports/schema.ts";
import { mayDoSomewhere, runPage } from "#lib/web/action.ts";
import { readQuery } from "#lib/web/read-query.ts";
import { AuthorizationCell } from "../_components/authorization-cell.tsx";
import { typeWords } from "../_components/words.ts";

export const metadata: Metadata = { title: "Transports" };

const path = "/transports";

export default async function TransportsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams;
  const query = readQuery(transportQuery, firstValues(params));
  const { page, nodes, credentials, may } = await runPage(async (ctx) => ({
    page: await listFrom((cursor) => listTransports(ctx, { ...query, cursor }), query.cursor),
    nodes: query.nodeId ? await findNodeChoices(ctx, { q: "", include: [query.nodeId] }) : [],
    credentials: query.credentialId ? await findCredentialChoices(ctx, { q: "", include: [query.credentialId] }) : [],
    may: {
      write: mayDoSomewhere(ctx, "transports.write"),
      assign: mayDoSomewhere(ctx, "credentials.assign"),
      readCredentials: mayDoSomewhere(ctx, "credentials.read"),
    },
  }));
  const isFiltered = ["q", "type", "nodeId", "credentialId", "runway", "certificateEnds", "cursor"].some(
    (name) => params[name],
  );
  const newHref = query.nodeId ? `/transports/new?nodeId=${query.nodeId}` : "/transports/new";
  return (
    <>
      <PageHeader
        title="Transports"
        description="How to reach the services: address, timeouts, TLS, proxy and Authorization."
        actions={
          may.write && (
            <LinkButton href={newHref} leftSection={<PlusIcon size={16} aria-hidden />}>
              Add transport
            </LinkButton>
          )
        }
      />
      <FilterBar
        searchLabel="Search by name or URL"
        filters={[
          {
            name: "type",
            label: "Type",
            options: transportTypes.map((value) => ({ value, label: typeWords[value] })),
          },
          { name: "nodeId", label: "Node", find: findFilterNodes, initial: nodes },
          ...(query.runway
            ? [
                {
                  name: "runway",
                  label: "A valid token",
                  options: runways.map((value) => ({ value, label: runwayWords[value] })),
                },
              ]
            : []),
          ...(query.certificateEnds
            ? [
                {
                  name: "certificateEnds",
                  label: "Certificate ends",
                  options: certificateEndFilters.map((value) => ({ value, label: secretEndWords[value] })),
                },
              ]
            : []),
          ...(may.assign
            ? [{ name: "credentialId", label: "Credential", find: findFilterCredentials, initial: credentials }]
            : []),
        ]}
      />
      <DataTable
        caption="Transports"
        columns={makeColumns(may.readCredentials)}
        rows={page.items}
        rowKey={({ id }) => id}
        path={path}
        params={params}
        sort={query.sort}
        nextCursor={page.nextCursor}
        empty={
          isFiltered ? (
            <EmptyState title="No transport fits" text="Change the search or the filters, or clear all." />
          ) : (
            <EmptyState
              icon={<ArrowRightLeftIcon size={32} strokeWidth={1.4} aria-hidden />}
              title="No transports yet"
              text="A transport says how to reach a service, and which credential's token it gets. Triggers send their requests through it."
              action={may.write && <LinkButton href={newHref}>Add the first transport</LinkButton>}
            />
          )
        }
      />
    </>
  );
}

function makeColumns(mayReadCredentials: boolean): Column<TransportSummary>[] {
  return [
    {
      key: "name",
      header: "Name",
      sort: "name",
      isRowHeader: true,
      wide: true,
      render: ({ id, name }) => (
        <Link className="link" href={`${path}/${id}`} prefetch={false}>
          {name}
        </Link>
      ),
    },
    { key: "type", header: "Type", render: ({ type }) => typeWords[type] },
    {
      key: "node",
      header: "Node",
      render: ({ nodeId, nodeName }) => (
        <Link className="link" href={`/nodes/${nodeId}`} prefetch={false}>
          {nodeName}
        </Link>
      ),
    },
    { key: "url", header: "URL", wide: true, render: (row) => <Address {...row} /> },
    {
      key: "authorization",
      header: "Authorization",
      render: ({ authorization, clientCertificateEndsAt, trustedCaEndsAt }) => (
        <>
          <AuthorizationCell authorization={authorization} mayReadCredentials={mayReadCredentials} />
          {clientCertificateEndsAt && (
            <div className="text-sm whitespace-nowrap text-dimmed">
              Certificate until <Instant at={clientCertificateEndsAt} show="date" />
            </div>
          )}
          {trustedCaEndsAt && (
            <div className="text-sm whitespace-nowrap text-dimmed">
              Trusted CA until <Instant at={trustedCaEndsAt} show="date" />
            </div>
          )}
        </>
      ),
    },
    {
      key: "used",
      header: "Used by",
      render: ({ id, usedBy }) =>
        usedBy === 0 ? (
          <span className="text-dimmed">nothing</span>
        ) : (
          <Link className="link whitespace-nowrap" href={`/triggers?transportId=${id}`} prefetch={false}>
            {usedBy === 1 ? "1 trigger" : `${usedBy} triggers`}
          </Link>
        ),
    },
  ];
}

function Address({ http, soap }: TransportSummary) {
  if (http) {
    return (
      <>
        <code>{http.method}</code> {http.url}
      </>
    );
  }
  return <>{soap?.endpointUrl || soap?.wsdlUrl || "uploaded WSDL"}</>;
}
