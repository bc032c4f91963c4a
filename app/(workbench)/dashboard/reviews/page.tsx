import { SignatureIcon } from "lucide-react";
import type { Metadata } from "next";
import { listPage } from "#app/_shared/lists/list-page.tsx";
import type { Column } from "#app/_ui/data-table.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { listReviews, reviewQuery } from "#lib/oversight/reviews/list-reviews.ts";
import type { Review, ReviewSnapshot } from "#lib/oversight/reviews/model.ts";

export const metadata: Metadata = { title: "Reviews" };

export default listPage({
  path: "/dashboard/reviews",
  schema: reviewQuery,
  list: listReviews,
  view: () => ({
    title: "Reviews",
    description: "Dashboards that were signed off, newest first, with what they said then.",
    breadcrumbs: [{ label: "Dashboard", href: "/dashboard" }],
    table: {
      caption: "Signed reviews, newest first",
      columns,
      empty: {
        icon: <SignatureIcon size={32} strokeWidth={1.4} aria-hidden />,
        title: "Nothing signed yet",
        text: "Sign review, on the dashboard, keeps its numbers with your name and a note.",
        action: <LinkButton href="/dashboard">Open the dashboard</LinkButton>,
      },
    },
  }),
});

const columns: Column<Review>[] = [
  { key: "signedAt", header: "Signed", isRowHeader: true, render: ({ signedAt }) => <Instant at={signedAt} /> },
  {
    key: "signedBy",
    header: "By",
    render: ({ signedBy }) => <span className="block wrap-anywhere lg:min-w-28">{signedBy}</span>,
  },
  {
    key: "node",
    header: "Node",
    render: ({ nodeName }) => <span className="block wrap-anywhere lg:min-w-28">{nodeName}</span>,
  },
  {
    key: "span",
    header: "Time reviewed",
    render: ({ since, until }) => (
      <span>
        <Instant at={since} show="absolute" /> to <Instant at={until} show="absolute" />
      </span>
    ),
  },
  { key: "snapshot", header: "What it said", wide: true, render: ({ snapshot }) => tellSnapshot(snapshot) },
  {
    key: "note",
    header: "Note",
    wide: true,
    render: ({ note }) => note || <span className="text-dimmed">none</span>,
  },
];

function tellSnapshot({ credentials, runs, tokenRequests, endingSoon, ownerless, unused }: ReviewSnapshot): string {
  return [
    `${credentials.action_needed ?? 0} need action, ${credentials.degraded ?? 0} degraded, ${credentials.active ?? 0} active`,
    `runs: ${runs.succeeded} succeeded, ${runs.failed} failed`,
    `token requests: ${tokenRequests.succeeded} succeeded, ${tokenRequests.failed} failed`,
    `${endingSoon} secrets ended or end within 30 days`,
    `${ownerless} without an owner, ${unused} unused`,
  ].join("; ");
}
