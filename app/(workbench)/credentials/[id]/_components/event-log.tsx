import Link from "next/link";
import { EventReference, eventKindWords } from "#app/_shared/credentials/event-words.tsx";
import { ProviderAnswer } from "#app/_shared/credentials/provider-answer.tsx";
import { Badge } from "#app/_ui/badge.tsx";
import { type Column, DataTable } from "#app/_ui/data-table.tsx";
import { Duration } from "#app/_ui/duration.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import type { SearchParams } from "#app/_ui/url.ts";
import { hrefWith } from "#app/_ui/url.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { listCredentialEvents } from "#lib/oauth/credential-lists/list-events.ts";
import type { CredentialEvent } from "#lib/oauth/credentials/model.ts";
import { credentialEventQuery } from "#lib/oauth/credentials/schema.ts";
import type { Page } from "#lib/platform/db/keyset.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";

type Client = { clientId: string; endpointUrl: string };

const makeColumns = (credential: Client): Column<CredentialEvent>[] => [
  { key: "at", header: "When", isRowHeader: true, render: ({ at }) => <Instant at={at} seconds /> },
  {
    key: "kind",
    header: "What",
    render: ({ kind }) => <span className="whitespace-nowrap">{eventKindWords[kind]}</span>,
  },
  { key: "cause", header: "By", render: (event) => <Cause {...event} /> },
  { key: "outcome", header: "Outcome", render: (event) => <Outcome {...event} /> },
  {
    key: "duration",
    header: "Duration",
    align: "end",
    render: ({ kind, durationMs }) => (kind === "status" ? null : <Duration ms={durationMs} />),
  },
  {
    key: "description",
    header: "Description",
    wide: true,
    render: (event) => <Description {...event} credential={credential} />,
  },
  { key: "proxy", header: "Proxy", render: ({ kind, proxy }) => (kind === "status" ? null : proxy) },
];

function Cause({ cause, runId }: CredentialEvent) {
  return runId ? <TextLink href={`/runs/${runId}`}>{cause}</TextLink> : cause;
}

function Outcome({ outcome, providerCode, errorCode }: CredentialEvent) {
  const codes = [providerCode, errorCode].filter((code) => code !== null);
  return (
    <div className="grid justify-items-start gap-0.5">
      {outcome === "succeeded" ? <Badge tone="ok">Succeeded</Badge> : <Badge tone="bad">Failed</Badge>}
      {codes.map((code) => (
        <code key={code} className="whitespace-nowrap">
          {code}
        </code>
      ))}
    </div>
  );
}

type DescriptionProps = CredentialEvent & { credential: Client };

function Description(props: DescriptionProps) {
  const { description, httpStatus, correlationId, tokenExpiresAt, outcome, providerCode, credential } = props;
  return (
    <div className="grid gap-0.5 lg:min-w-80">
      {description && <span title={description}>{withoutIds(description)}</span>}
      {outcome === "failed" && <ProviderAnswer code={providerCode} description={description} credential={credential} />}
      {outcome === "succeeded" && tokenExpiresAt && (
        <span className="text-dimmed">
          Token until <Instant at={tokenExpiresAt} show="absolute" seconds />
        </span>
      )}
      {httpStatus !== null && <span className="text-dimmed">HTTP status {httpStatus}</span>}
      {correlationId && (
        <span className="text-dimmed">
          Correlation ID <code>{correlationId}</code>
        </span>
      )}
      <EventReference {...props} />
    </div>
  );
}

/** Entra ends each description with ids and the time, which stand beside it already; the title has the whole. */
function withoutIds(description: string): string {
  return description.replace(/\s*Trace ID: \S+\s+Correlation ID: \S+\s+Timestamp: .*$/s, "");
}

/** One page of the log; a cursor that is none starts at the newest. */
export async function loadEvents(
  ctx: Context,
  id: string,
  params: Record<string, string>,
): Promise<Page<CredentialEvent>> {
  const { cursor, outcome } = credentialEventQuery
    .partial()
    .catch({})
    .parse({ cursor: params.cursor, outcome: params.outcome });
  try {
    return await listCredentialEvents(ctx, id, { cursor, outcome, limit: 25 });
  } catch (err) {
    if (!isAppError(err) || err.code !== "invalid_input") throw err;
    return listCredentialEvents(ctx, id, { outcome, limit: 25 });
  }
}

type Props = { credential: Client & { id: string }; events: Page<CredentialEvent>; params: SearchParams };

/** Every check and token request, newest first. */
export function EventLog({ credential, events, params }: Props) {
  const { id } = credential;
  const { check: _, ...kept } = params;
  const path = `/credentials/${id}`;
  const failedOnly = params.outcome === "failed";
  return (
    <section aria-labelledby="event-log">
      <div className="mb-3 flex flex-wrap items-end justify-between gap-2">
        <div>
          <h2 id="event-log" className="m-0 text-lg font-semibold">
            Event log
          </h2>
          <p className="m-0 mt-0.5 text-sm text-dimmed">Every check and token request, newest first.</p>
        </div>
        <Link
          className="quiet-button"
          scroll={false}
          prefetch={false}
          href={hrefWith(path, kept, { outcome: failedOnly ? undefined : "failed", cursor: undefined })}
        >
          {failedOnly ? "Show all" : "Show only failures"}
        </Link>
      </div>
      <DataTable
        caption="Checks and token requests"
        columns={makeColumns(credential)}
        rows={events.items}
        rowKey={({ id }) => id}
        path={path}
        params={kept}
        nextCursor={events.nextCursor}
        empty={
          <EmptyState
            title={failedOnly ? "Nothing failed" : "Nothing happened yet"}
            text={failedOnly ? undefined : "Checks and token requests will stand here."}
          />
        }
      />
    </section>
  );
}
