import type { Metadata } from "next";
import { Card } from "#app/_ui/card.tsx";
import { DataTable } from "#app/_ui/data-table.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { EnabledBadge } from "#app/_ui/enabled-badge.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { firstValues, type SearchParams } from "#app/_ui/url.ts";
import { type ChannelSummary, channelLabels as labels } from "#lib/oversight/alerts/definition.ts";
import { channelKinds, mailFields } from "#lib/oversight/alerts/kinds.ts";
import { getChannel, listDeliveries } from "#lib/oversight/alerts/list-channels.ts";
import { deliveryQuery } from "#lib/oversight/alerts/schema.ts";
import { wordsOf } from "#lib/platform/definitions/field.ts";
import { mayDoSomewhere, runPage } from "#lib/web/action.ts";
import { readQuery } from "#lib/web/read-query.ts";
import { ChannelActions } from "../_components/channel-actions.tsx";
import { deliveryColumns, noDeliveries } from "../_components/delivery-columns.tsx";
import { eventWords } from "../_components/words.ts";

export const metadata: Metadata = { title: "Alert channel" };

type Props = { params: Promise<{ id: string }>; searchParams: Promise<SearchParams> };

export default async function ChannelPage({ params, searchParams }: Props) {
  return runPage(async (ctx) => {
    const { id } = await params;
    const search = await searchParams;
    const channel = await getChannel(ctx, id);
    const { cursor } = readQuery(deliveryQuery, firstValues(search));
    const deliveries = await listDeliveries(ctx, { channelId: id, cursor, limit: 25 });
    return (
      <>
        <PageHeader
          title={channel.name}
          badge={<EnabledBadge enabled={channel.enabled} />}
          description={channelKinds[channel.kind].label}
          breadcrumbs={[{ label: "Alerts", href: "/alerts" }]}
        />
        {mayDoSomewhere(ctx, "alerts.write") && <ChannelActions channel={channel} />}
        <div className="grid grid-cols-1 gap-5">
          <Card title="Configuration">
            <KeyValue items={facts(channel)} />
          </Card>
          <section aria-labelledby="log">
            <h2 id="log" className="mb-2 text-lg font-semibold">
              Delivery log
            </h2>
            <DataTable
              caption="Delivery log"
              columns={deliveryColumns.filter(({ key }) => key !== "channel")}
              rows={deliveries.items}
              rowKey={(delivery) => delivery.id}
              path={`/alerts/${id}`}
              params={search}
              nextCursor={deliveries.nextCursor}
              empty={<EmptyState {...noDeliveries} />}
            />
          </section>
        </div>
      </>
    );
  });
}

function facts(channel: ChannelSummary) {
  const { email } = channel;
  const setOn = (at: string | null) =>
    at === null ? null : (
      <span>
        Set on <Instant at={at} show="absolute" />
      </span>
    );
  const { secretLabel } = channelKinds[channel.kind];
  const secret = secretLabel ? [{ label: secretLabel, value: setOn(channel.secretSetAt) }] : [];
  const own = email
    ? [
        { label: labels["email.host"], value: `${email.host}:${email.port}` },
        { label: labels["email.security"], value: wordsOf(mailFields.security)[email.security] },
        { label: labels["email.username"], value: email.username || null },
        ...(email.username ? secret : []),
        { label: labels["email.from"], value: email.from },
        { label: labels["email.to"], value: email.to.join(", ") || null },
        { label: "Owners", value: email.toOwner ? "Each gets a message of their own" : "Are not told" },
      ]
    : [{ label: "Host", value: channel.urlHost }, { label: labels.url, value: setOn(channel.urlSetAt) }, ...secret];
  return [
    ...own,
    { label: labels.events, value: channel.events.map((event) => eventWords[event]).join("; ") },
    { label: labels.quietMinutes, value: `${channel.quietMinutes} min` },
    { label: labels.nodeId, value: channel.nodeName ?? "All nodes" },
    { label: "Changed", value: <Instant at={channel.updatedAt} />, hint: `Version ${channel.version}` },
  ];
}
