import type { Metadata } from "next";
import Link from "next/link";
import { Badge } from "#app/_ui/badge.tsx";
import { Card } from "#app/_ui/card.tsx";
import { type Column, DataTable } from "#app/_ui/data-table.tsx";
import { Duration } from "#app/_ui/duration.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { factsOf, restOf } from "#lib/oversight/alerts/describe-item.ts";
import { getDelivery } from "#lib/oversight/alerts/list-channels.ts";
import type { AlertItem, DeliveryAttempt, DeliveryDetail } from "#lib/oversight/alerts/model.ts";
import { runPage } from "#lib/web/action.ts";
import { DeliveryBadge } from "../../_components/delivery-columns.tsx";

export const metadata: Metadata = { title: "Alert message" };

const columns: Column<DeliveryAttempt>[] = [
  { key: "at", header: "When", isRowHeader: true, render: ({ at }) => <Instant at={at} seconds /> },
  {
    key: "outcome",
    header: "Outcome",
    render: ({ outcome }) =>
      outcome === "succeeded" ? <Badge tone="ok">Succeeded</Badge> : <Badge tone="bad">Failed</Badge>,
  },
  { key: "duration", header: "Duration", align: "end", render: ({ durationMs }) => <Duration ms={durationMs} /> },
  {
    key: "said",
    header: "Answer",
    wide: true,
    render: ({ description }) => <span className="wrap-anywhere">{description}</span>,
  },
];

export default async function MessagePage({ params }: { params: Promise<{ id: string }> }) {
  return runPage(async (ctx) => {
    const delivery = await getDelivery(ctx, (await params).id);
    const { message } = delivery;
    const rest = restOf(message, message.items.length);
    return (
      <>
        <PageHeader
          title={message.title}
          badge={<DeliveryBadge status={delivery.status} />}
          breadcrumbs={[
            { label: "Alerts", href: "/alerts" },
            { label: delivery.channelName, href: `/alerts/${delivery.channelId}` },
          ]}
        />
        <div className="grid grid-cols-1 gap-5">
          <Card title="Delivery">
            <KeyValue items={facts(delivery)} />
          </Card>
          <section aria-labelledby="attempts">
            <h2 id="attempts" className="mb-2 text-lg font-semibold">
              Attempts
            </h2>
            <DataTable
              caption="Attempts"
              columns={columns}
              rows={delivery.log}
              rowKey={({ id }) => id}
              empty={<EmptyState title="Not tried yet" text="The worker sends it within seconds." />}
            />
          </section>
          <Card title="What it says">
            {message.note && <p className="m-0">{message.note}</p>}
            <ul className="m-0 grid list-none gap-4 p-0">
              {message.items.map((item) => (
                <Told key={`${item.transportId ?? item.credentialId} ${item.kind}`} item={item} />
              ))}
            </ul>
            {rest && <p className="mb-0">{rest}</p>}
          </Card>
        </div>
      </>
    );
  });
}

function Told({ item }: { item: AlertItem }) {
  const href = item.transportId ? `/transports/${item.transportId}` : `/credentials/${item.credentialId}`;
  return (
    <li>
      <Link className="link font-semibold wrap-anywhere" href={href} prefetch={false}>
        {item.name}
      </Link>
      <div className="wrap-anywhere">{item.text}</div>
      {factsOf(item).map((line) => (
        <div key={line} className="text-dimmed">
          {line}
        </div>
      ))}
    </li>
  );
}

function facts(delivery: DeliveryDetail) {
  return [
    { label: "To", value: delivery.recipient || `The channel ${delivery.channelName}` },
    { label: "Message id", value: <code>{delivery.id}</code>, hint: "The same for each attempt." },
    { label: "Made", value: <Instant at={delivery.createdAt} /> },
    { label: "Delivered", value: <Instant at={delivery.deliveredAt} fallback="not yet" /> },
    { label: "Next attempt", value: <Instant at={delivery.nextAttemptAt} fallback="none" /> },
  ];
}
