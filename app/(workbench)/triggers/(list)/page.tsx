import { PlusIcon, ZapIcon } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { listPage } from "#app/_shared/lists/list-page.tsx";
import { credentialFilter, nodeFilter, transportFilter } from "#app/_shared/options/filters.ts";
import type { Column } from "#app/_ui/data-table.tsx";
import { EnabledBadge } from "#app/_ui/enabled-badge.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { RunStatusBadge } from "#app/_ui/status-badge.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import { toOptions } from "#app/_ui/to-options.ts";
import { findAllowedNodes } from "#lib/access/nodes/allowed-at.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import type { RunStatus } from "#lib/delivery/runs/model.ts";
import type { TriggerEvent } from "#lib/delivery/triggers/definition.ts";
import { listRunnable } from "#lib/delivery/triggers/may-run.ts";
import type { TriggerSummary } from "#lib/delivery/triggers/model.ts";
import { listTriggers } from "#lib/delivery/triggers/read-triggers.ts";
import { type TriggerQuery, triggerQuery } from "#lib/delivery/triggers/schema.ts";
import { mayDoSomewhere } from "#lib/web/action.ts";
import { TriggerListActions } from "../_components/list-actions.tsx";
import { eventWords } from "../_components/words.ts";

export const metadata: Metadata = { title: "Triggers" };

const path = "/triggers";

export default listPage({
  path,
  schema: triggerQuery,
  list: listWithRights,
  view: (ctx, query) => {
    const mayWrite = mayDoSomewhere(ctx, "triggers.write");
    const newHref = query.nodeId ? `/triggers/new?nodeId=${query.nodeId}` : "/triggers/new";
    return {
      title: "Triggers",
      description: "Requests that are sent over a transport when something happens.",
      actions: mayWrite && (
        <LinkButton href={newHref} leftSection={<PlusIcon size={16} aria-hidden />}>
          Add trigger
        </LinkButton>
      ),
      search: "Search by name",
      filters: [
        nodeFilter(ctx),
        transportFilter(ctx),
        credentialFilter(ctx),
        { name: "enabled", label: "Enabled", options: toOptions({ true: "Enabled", false: "Disabled" }) },
      ],
      table: {
        caption: "Triggers",
        rowActions: { isSelectable: mayWrite },
        withActions: (rows, table) => <TriggerListActions rows={rows}>{table}</TriggerListActions>,
        columns,
        noMatch: { title: "No trigger fits", text: "Change the search or the filters, or clear all." },
        empty: {
          icon: <ZapIcon size={32} strokeWidth={1.4} aria-hidden />,
          title: "No triggers yet",
          text: "A trigger holds the request to send and the transport that it goes over. Run it here, or from a program.",
          action: mayWrite && <LinkButton href={newHref}>Add the first trigger</LinkButton>,
        },
      },
    };
  },
});

async function listWithRights(ctx: Context, query: TriggerQuery) {
  const page = await listTriggers(ctx, query);
  const nodeIds = page.items.map(({ nodeId }) => nodeId);
  const [writable, runnable] = await Promise.all([
    findAllowedNodes(ctx, "triggers.write", nodeIds),
    listRunnable(ctx, page.items),
  ]);
  const addRights = (row: TriggerSummary) => ({
    ...row,
    mayWrite: writable.has(row.nodeId),
    mayRun: row.enabled && runnable.has(row.id),
  });
  return { ...page, items: page.items.map(addRights) };
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
    render: ({ id, name }) => <TextLink href={`${path}/${id}`}>{name}</TextLink>,
  },
  {
    key: "node",
    header: "Node",
    render: ({ nodeId, nodeName }) => <TextLink href={`/nodes/${nodeId}`}>{nodeName}</TextLink>,
  },
  {
    key: "transport",
    header: "Transport",
    render: ({ transportId, transportName }) => (
      <TextLink href={`/transports/${transportId}`}>{transportName}</TextLink>
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
            <TextLink href={`/runs?triggerId=${id}&status=queued`}>
              {queued === 1 ? "1 run waits" : `${queued} runs wait`}
            </TextLink>
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
