import type { Metadata } from "next";
import { EventReference, eventKindWords } from "#app/_shared/credentials/event-words.tsx";
import { listPage } from "#app/_shared/lists/list-page.tsx";
import { nodeFilter } from "#app/_shared/options/filters.ts";
import { Badge } from "#app/_ui/badge.tsx";
import type { Column } from "#app/_ui/data-table.tsx";
import { Duration } from "#app/_ui/duration.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import { toOptions } from "#app/_ui/to-options.ts";
import { allEventQuery, listAllEvents, type NamedEvent } from "#lib/oauth/credential-lists/list-all-events.ts";

export const metadata: Metadata = { title: "Credential events" };

export default listPage({
  path: "/events",
  schema: allEventQuery,
  list: listAllEvents,
  view: (ctx, { host, reason }) => ({
    title: "Credential events",
    description: "Checks, token requests, and sign-ins of all credentials, newest first.",
    search: "Search by reference",
    filters: [
      { name: "kind", label: "What", options: toOptions({ token: "Token requests", sign_in: "Sign-ins" }) },
      { name: "outcome", label: "Outcome", options: toOptions({ succeeded: "Succeeded", failed: "Failed" }) },
      nodeFilter(ctx),
      host && { name: "host", label: "Provider", options: [{ value: host, label: host }] },
      reason && { name: "reason", label: "Reason", options: [{ value: reason, label: reason }] },
    ],
    times: ["since", "until"],
    table: {
      caption: "Credential events, newest first",
      columns,
      empty: { title: "No events yet", text: "Checks, token requests, and sign-ins appear here." },
      noMatch: { title: "No matching events", text: "Widen the time, or clear the filters." },
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
  {
    key: "kind",
    header: "What",
    render: ({ kind }) => <span className="whitespace-nowrap">{eventKindWords[kind]}</span>,
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
  {
    key: "description",
    header: "Description",
    wide: true,
    render: (event) => (
      <div className="grid gap-0.5 lg:min-w-80">
        {event.description}
        <EventReference {...event} />
      </div>
    ),
  },
];
