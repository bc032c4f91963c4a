import { BellIcon, PlusIcon } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { listPage } from "#app/_shared/lists/list-page.tsx";
import { type Column, DataTable } from "#app/_ui/data-table.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { EnabledBadge } from "#app/_ui/enabled-badge.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { toOptions } from "#app/_ui/to-options.ts";
import { type ChannelSummary, channelLabels } from "#lib/oversight/alerts/definition.ts";
import { channelKinds } from "#lib/oversight/alerts/kinds.ts";
import { listChannels, listDeliveries } from "#lib/oversight/alerts/list-channels.ts";
import { deliveryStatuses } from "#lib/oversight/alerts/model.ts";
import { deliveryQuery } from "#lib/oversight/alerts/schema.ts";
import { mayDoSomewhere } from "#lib/web/action.ts";
import { DeliveryBadge, deliveryColumns, noDeliveries } from "./_components/delivery-columns.tsx";
import { deliveryWords, eventNames } from "./_components/words.ts";

export const metadata: Metadata = { title: "Alerts" };

const channelColumns: Column<ChannelSummary>[] = [
  {
    key: "name",
    header: channelLabels.name,
    isRowHeader: true,
    render: ({ id, name }) => (
      <Link className="link block wrap-anywhere lg:min-w-40" href={`/alerts/${id}`} prefetch={false}>
        {name}
      </Link>
    ),
  },
  { key: "kind", header: channelLabels.kind, render: ({ kind }) => channelKinds[kind].label },
  {
    key: "to",
    header: "To",
    render: ({ email, urlHost }) => (
      <span className="block wrap-anywhere lg:min-w-40">{email ? describeReceivers(email) : urlHost}</span>
    ),
  },
  {
    key: "events",
    header: channelLabels.events,
    render: ({ events }) => (
      <span className="block lg:min-w-40">{events.map((each) => eventNames[each]).join(", ")}</span>
    ),
  },
  {
    key: "node",
    header: "Node",
    render: ({ nodeName }) => <span className="block wrap-anywhere lg:min-w-20">{nodeName ?? "all nodes"}</span>,
  },
  {
    key: "enabled",
    header: "Status",
    render: ({ enabled }) => <EnabledBadge enabled={enabled} />,
  },
  {
    key: "last",
    header: "Last message",
    render: ({ lastDelivery }) =>
      lastDelivery ? (
        <span className="inline-flex flex-wrap items-center gap-2">
          <DeliveryBadge status={lastDelivery.status} />
          <Instant at={lastDelivery.at} show="relative" />
        </span>
      ) : (
        <span className="text-dimmed">none</span>
      ),
  },
];

function describeReceivers({ to, toOwner }: NonNullable<ChannelSummary["email"]>): string {
  const listed = to.length > 2 ? `${to.slice(0, 2).join(", ")} and ${to.length - 2} more` : to.join(", ");
  return [listed, toOwner ? "owners" : ""].filter(Boolean).join("; ");
}

export default listPage({
  path: "/alerts",
  schema: deliveryQuery,
  list: (ctx, query) => listDeliveries(ctx, { ...query, limit: 25 }),
  view: async (ctx) => {
    const { items: channels } = await listChannels(ctx, { limit: 200 });
    const mayWrite = mayDoSomewhere(ctx, "alerts.write");
    return {
      title: "Alerts",
      description: "Sends alerts before a secret expires, and when a credential leaves Active or works again.",
      actions: (
        <>
          {channels.length > 10 && (
            <LinkButton variant="default" href="#log">
              Delivery log
            </LinkButton>
          )}
          {mayWrite && (
            <LinkButton href="/alerts/new" leftSection={<PlusIcon size={16} aria-hidden />}>
              Add channel
            </LinkButton>
          )}
        </>
      ),
      wrap: (log) => (
        <>
          <DataTable
            caption="Alert channels"
            columns={channelColumns}
            rows={channels}
            rowKey={({ id }) => id}
            empty={
              <EmptyState
                icon={<BellIcon size={32} strokeWidth={1.4} aria-hidden />}
                title="No alert channels yet"
                text="Add a channel: e-mail to the owners, a Teams or Slack channel, or a webhook of your own."
                action={mayWrite && <LinkButton href="/alerts/new">Add the first channel</LinkButton>}
              />
            }
          />
          <section aria-labelledby="log" className="mt-8">
            <h2 id="log" className="mb-2 scroll-mt-16 text-lg font-semibold">
              Delivery log
            </h2>
            {log}
          </section>
        </>
      ),
      filters: [{ name: "status", label: "Outcome", options: toOptions(deliveryWords, deliveryStatuses) }],
      table: {
        caption: "Delivery log",
        columns: deliveryColumns,
        noMatch: { title: "No message fits", text: "Choose another outcome." },
        empty: noDeliveries,
      },
    };
  },
});
