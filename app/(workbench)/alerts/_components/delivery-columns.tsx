import { BellIcon, CircleCheckIcon, CircleXIcon, HourglassIcon } from "lucide-react";
import Link from "next/link";
import { Badge } from "#app/_ui/badge.tsx";
import type { Column } from "#app/_ui/data-table.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import type { DeliveryStatus, DeliverySummary } from "#lib/oversight/alerts/model.ts";
import { deliveryWords } from "./words.ts";

const looks = {
  pending: { tone: "info", icon: HourglassIcon },
  delivered: { tone: "ok", icon: CircleCheckIcon },
  failed: { tone: "bad", icon: CircleXIcon },
} as const;

export function DeliveryBadge({ status }: { status: DeliveryStatus }) {
  return (
    <Badge tone={looks[status].tone} icon={looks[status].icon}>
      {deliveryWords[status]}
    </Badge>
  );
}

/** The columns of the delivery log. */
export const deliveryColumns: Column<DeliverySummary>[] = [
  {
    key: "title",
    header: "Message",
    isRowHeader: true,
    wide: true,
    render: ({ id, title }) => (
      <Link className="link wrap-anywhere" href={`/alerts/messages/${id}`} prefetch={false}>
        {title}
      </Link>
    ),
  },
  { key: "made", header: "Made", render: ({ createdAt }) => <Instant at={createdAt} /> },
  {
    key: "channel",
    header: "Channel",
    render: ({ channelId, channelName }) => (
      <Link className="link block wrap-anywhere lg:min-w-28" href={`/alerts/${channelId}`} prefetch={false}>
        {channelName}
      </Link>
    ),
  },
  {
    key: "to",
    header: "To",
    render: ({ recipient }) => <span className="block wrap-anywhere lg:min-w-28">{recipient || "the channel"}</span>,
  },
  { key: "status", header: "Outcome", render: (row) => <Outcome {...row} /> },
  { key: "attempts", header: "Attempts", align: "end", render: ({ attempts }) => attempts },
  {
    key: "next",
    header: "Next attempt",
    render: ({ nextAttemptAt }) => <Instant at={nextAttemptAt} show="relative" fallback="none" />,
  },
];

function Outcome({ status, lastError }: DeliverySummary) {
  return (
    <div className="grid justify-items-start gap-0.5">
      <DeliveryBadge status={status} />
      {lastError && <span className="line-clamp-2 max-w-md text-dimmed wrap-anywhere lg:min-w-52">{lastError}</span>}
    </div>
  );
}

export const noDeliveries = {
  icon: <BellIcon size={32} strokeWidth={1.4} aria-hidden />,
  title: "No messages yet",
  text: "A message goes out when a secret or certificate nears its end, or when a credential leaves Active or works again. Press Test on a channel to try the way.",
};
