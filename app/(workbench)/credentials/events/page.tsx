import type { Metadata } from "next";
import { listPage } from "#app/_shared/lists/list-page.tsx";
import { nodeFilter } from "#app/_shared/options/filters.ts";
import { Badge } from "#app/_ui/badge.tsx";
import type { Column } from "#app/_ui/data-table.tsx";
import { Duration } from "#app/_ui/duration.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import { toOptions } from "#app/_ui/to-options.ts";
import { allEventQuery, listAllEvents, type NamedEvent } from "#lib/oauth/credential-lists/list-all-events.ts";

export const metadata: Metadata = { title: "Token requests and sign-ins" };

export default listPage({
  path: "/credentials/events",
  schema: allEventQuery,
  list: listAllEvents,
  view: (ctx, { host, reason }) => ({
    title: "Token requests and sign-ins",
    description: "Of all credentials, newest first.",
    breadcrumbs: [{ label: "Credentials", href: "/credentials" }],
    filters: [
      { name: "kind", label: "What", options: toOptions({ token: "Token requests", sign_in: "Sign-ins" }) },
      { name: "outcome", label: "Outcome", options: toOptions({ succeeded: "Succeeded", failed: "Failed" }) },
      nodeFilter(ctx),
      host && { name: "host", label: "Provider", options: [{ value: host, label: host }] },
      reason && { name: "reason", label: "Reason", options: [{ value: reason, label: reason }] },
    ],
    times: ["since", "until"],
    table: {
      caption: "Token requests and sign-ins, newest first",
      columns,
      empty: { title: "Nothing fits", text: "Widen the time or clear the filters." },
    },
  }),
});

const columns: Column<NamedEvent>[] = [
  { key: "at", header: "When", isRowHeader: true, render: ({ at }) => <Instant at={at} seconds /> },
  {
    key: "credential",
    header: "Credential",
    render: ({ credentialId, credentialName }) =>
      credentialName === null ? (
        <span className="text-dimmed">deleted</span>
      ) : (
        <TextLink href={`/credentials/${credentialId}`}>{credentialName}</TextLink>
      ),
  },
  { key: "cause", header: "By", render: ({ cause }) => cause },
  {
    key: "outcome",
    header: "Outcome",
    render: ({ outcome, providerCode, errorCode }) => (
      <div className="grid justify-items-start gap-0.5">
        {outcome === "succeeded" ? <Badge tone="ok">Succeeded</Badge> : <Badge tone="bad">Failed</Badge>}
        {outcome === "failed" && <code>{providerCode ?? errorCode}</code>}
      </div>
    ),
  },
  {
    key: "duration",
    header: "Duration",
    align: "end",
    render: ({ durationMs }) => <Duration ms={durationMs} />,
  },
  { key: "description", header: "Description", wide: true, render: ({ description }) => description },
];
