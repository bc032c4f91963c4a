import { PlusIcon, ZapIcon } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { findFilterCredentials, findFilterNodes, findTransports } from "#app/_shared/options/actions.ts";
import { findCredentialChoices, findNodeChoices, findTransportOptions } from "#app/_shared/options/find-options.ts";
import { type Column, DataTable } from "#app/_ui/data-table.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { FilterBar } from "#app/_ui/filter-bar.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { listFrom } from "#app/_ui/list-from.ts";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { RunStatusBadge } from "#app/_ui/status-badge.tsx";
import { firstValues, type SearchParams } from "#app/_ui/url.ts";
import type { RunStatus } from "#lib/delivery/runs/model.ts";
import { listTriggers } from "#lib/delivery/triggers/list-triggers.ts";
import type { TriggerEvent, TriggerSummary } from "#lib/delivery/triggers/model.ts";
import { triggerQuery } from "#lib/delivery/triggers/schema.ts";
import { mayDoSomewhere, runPage } from "#lib/web/action.ts";
import { readQuery } from "#lib/web/read-query.ts";
import { EnabledBadge } from "../_components/enabled-badge.tsx";
import { eventWords } from "../_components/words.ts";

export const metadata: Metadata = { title: "Triggers" };

const path = "/triggers";

export default async function TriggersPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams;
  const given = firstValues(params);
  const query = readQuery(triggerQuery, given);
  const { page, nodes, transports, credentials, may } = await runPage(async (ctx) => ({
    page: await listFrom((cursor) => listTriggers(ctx, { ...query, cursor }), query.cursor),
    nodes: query.nodeId ? await findNodeChoices(ctx, { q: "", include: [query.nodeId] }) : [],
    transports: query.transportId ? await findTransportOptions(ctx, { q: "", include: [query.transportId] }) : [],
    credentials: query.credentialId ? await findCredentialChoices(ctx, { q: "", include: [query.credentialId] }) : [],
    may: {
      write: mayDoSomewhere(ctx, "triggers.write"),
      assign: mayDoSomewhere(ctx, "credentials.assign"),
    },
  }));
  const filters = ["q", "nodeId", "transportId", "credentialId", "enabled", "cursor"];
  const isFiltered = filters.some((name) => params[name]);
  const newHref = query.nodeId ? `/triggers/new?nodeId=${query.nodeId}` : "/triggers/new";
  return (
    <>
      <PageHeader
        title="Triggers"
        description="Requests that are sent over a transport when something happens."
        actions={
          may.write && (
            <LinkButton href={newHref} leftSection={<PlusIcon size={16} aria-hidden />}>
              Add trigger
            </LinkButton>
          )
        }
      />
      <FilterBar
        searchLabel="Search by name"
        filters={[
          { name: "nodeId", label: "Node", find: findFilterNodes, initial: nodes },
          { name: "transportId", label: "Transport", find: findTransports, initial: transports },
          ...(may.assign
            ? [{ name: "credentialId", label: "Credential", find: findFilterCredentials, initial: credentials }]
            : []),
          {
            name: "enabled",
            label: "Enabled",
            options: [
              { value: "true", label: "Enabled" },
              { value: "false", label: "Disabled" },
            ],
          },
        ]}
      />
      <DataTable
        caption="Triggers"
        columns={columns}
        rows={page.items}
        rowKey={({ id }) => id}
        path={path}
        params={params}
        sort={query.sort}
        nextCursor={page.nextCursor}
        empty={
          isFiltered ? (
            <EmptyState title="No trigger fits" text="Change the search or the filters, or clear all." />
          ) : (
            <EmptyState
              icon={<ZapIcon size={32} strokeWidth={1.4} aria-hidden />}
              title="No triggers yet"
              text="A trigger holds the request to send and the transport that it goes over. Run it here, or from a program."
              action={may.write && <LinkButton href={newHref}>Add the first trigger</LinkButton>}
            />
          )
        }
      />
    </>
  );
}

function describeEvent(event: TriggerEvent): string {
  const isPaused = event.kind === "schedule" && event.paused;
  return isPaused ? `${eventWords[event.kind]}, paused` : eventWords[event.kind];
}

const columns: Column<TriggerSummary>[] = [
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
  {
    key: "node",
    header: "Node",
    render: ({ nodeId, nodeName }) => (
      <Link className="link" href={`/nodes/${nodeId}`} prefetch={false}>
        {nodeName}
      </Link>
    ),
  },
  {
    key: "transport",
    header: "Transport",
    render: ({ transportId, transportName }) => (
      <Link className="link" href={`/transports/${transportId}`} prefetch={false}>
        {transportName}
      </Link>
    ),
  },
  {
    key: "event",
    header: "Event",
    render: ({ id, event, queued }) => (
      <div>
        <div className="whitespace-nowrap">{describeEvent(event)}</div>
        {event.kind === "schedule" && <code className="text-dimmed">{event.cron}</code>}
        {event.kind === "webhook" && <code className="break-all text-dimmed">{event.slug}</code>}
        {queued > 0 && (
          <div>
            <Link className="link" href={`/runs?triggerId=${id}&status=queued`} prefetch={false}>
              {queued === 1 ? "1 run waits" : `${queued} runs wait`}
            </Link>
          </div>
        )}
      </div>
    ),
  },
  { key: "enabled", header: "Enabled", render: ({ enabled }) => <EnabledBadge enabled={enabled} /> },
  {
    key: "last",
    header: "Last run",
    render: ({ lastRun }) =>
      lastRun ? (
        <Link
          className="link inline-flex flex-wrap items-center gap-x-2 gap-y-1"
          href={`/runs/${lastRun.id}`}
          prefetch={false}
        >
          <RunStatusBadge status={lastRun.status as RunStatus} />
          <Instant at={lastRun.startedAt} show="relative" />
        </Link>
      ) : (
        <span className="text-dimmed">never</span>
      ),
  },
];
