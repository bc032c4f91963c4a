import { ArrowRightLeftIcon, PlusIcon } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { runwayWords, secretEndWords } from "#app/_shared/credentials/words.ts";
import { listPage } from "#app/_shared/lists/list-page.tsx";
import { credentialFilter, nodeFilter } from "#app/_shared/options/filters.ts";
import type { Column } from "#app/_ui/data-table.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import { toOptions } from "#app/_ui/to-options.ts";
import { findAllowedNodes } from "#lib/access/nodes/allowed-at.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { transportTypes } from "#lib/delivery/transports/definition.ts";
import { certificateEndFilters, runways, type TransportSummary } from "#lib/delivery/transports/model.ts";
import { listTransports } from "#lib/delivery/transports/read-transports.ts";
import { type TransportQuery, transportQuery } from "#lib/delivery/transports/schema.ts";
import { mayDoSomewhere } from "#lib/web/action.ts";
import { AuthorizationCell } from "../_components/authorization-cell.tsx";
import { TransportListActions } from "../_components/list-actions.tsx";
import { typeWords } from "../_components/words.ts";

export const metadata: Metadata = { title: "Transports" };

const path = "/transports";

export default listPage({
  path,
  schema: transportQuery,
  list: listWithRights,
  view: (ctx, query) => {
    const mayWrite = mayDoSomewhere(ctx, "transports.write");
    const newHref = query.nodeId ? `/transports/new?nodeId=${query.nodeId}` : "/transports/new";
    return {
      title: "Transports",
      description: "How to reach the services: address, timeouts, TLS, proxy and Authorization.",
      actions: mayWrite && (
        <LinkButton href={newHref} leftSection={<PlusIcon size={16} aria-hidden />}>
          Add transport
        </LinkButton>
      ),
      search: "Search by name or URL",
      filters: [
        { name: "type", label: "Type", options: toOptions(typeWords, transportTypes) },
        nodeFilter(ctx),
        query.runway && { name: "runway", label: "A valid token", options: toOptions(runwayWords, runways) },
        query.certificateEnds && {
          name: "certificateEnds",
          label: "Certificate ends",
          options: toOptions(secretEndWords, certificateEndFilters),
        },
        credentialFilter(ctx),
      ],
      table: {
        caption: "Transports",
        rowActions: { isSelectable: mayWrite },
        withActions: (rows, table) => <TransportListActions rows={rows}>{table}</TransportListActions>,
        columns: makeColumns(mayDoSomewhere(ctx, "credentials.read")),
        noMatch: { title: "No transport fits", text: "Change the search or the filters, or clear all." },
        empty: {
          icon: <ArrowRightLeftIcon size={32} strokeWidth={1.4} aria-hidden />,
          title: "No transports yet",
          text: "A transport says how to reach a service, and which credential's token it gets. Triggers send their requests through it.",
          action: mayWrite && <LinkButton href={newHref}>Add the first transport</LinkButton>,
        },
      },
    };
  },
});

async function listWithRights(ctx: Context, query: TransportQuery) {
  const page = await listTransports(ctx, query);
  const nodeIds = page.items.map(({ nodeId }) => nodeId);
  const [writable, testable] = await Promise.all([
    findAllowedNodes(ctx, "transports.write", nodeIds),
    findAllowedNodes(ctx, "transports.test", nodeIds),
  ]);
  const addRights = (row: TransportSummary) => ({
    ...row,
    mayWrite: writable.has(row.nodeId),
    mayTest: testable.has(row.nodeId),
  });
  return { ...page, items: page.items.map(addRights) };
}

function makeColumns(mayReadCredentials: boolean): Column<TransportSummary>[] {
  return [
    {
      key: "name",
      header: "Name",
      sort: "name",
      isRowHeader: true,
      wide: true,
      render: ({ id, name }) => <TextLink href={`${path}/${id}`}>{name}</TextLink>,
    },
    { key: "type", header: "Type", render: ({ type }) => typeWords[type] },
    {
      key: "node",
      header: "Node",
      render: ({ nodeId, nodeName }) => <TextLink href={`/nodes/${nodeId}`}>{nodeName}</TextLink>,
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
