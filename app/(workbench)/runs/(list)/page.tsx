import { HistoryIcon } from "lucide-react";
import type { Metadata } from "next";
import { findFilterCredentials, findFilterNodes, findTransports, findTriggers } from "#app/_shared/options/actions.ts";
import {
  findCredentialChoices,
  findNodeChoices,
  findTransportOptions,
  findTriggerOptions,
} from "#app/_shared/options/find-options.ts";
import { RunTable } from "#app/_shared/runs/run-table.tsx";
import { runEventWords } from "#app/_shared/runs/words.ts";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { FilterBar } from "#app/_ui/filter-bar.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { listFrom } from "#app/_ui/list-from.ts";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { runStatusWords } from "#app/_ui/status-badge.tsx";
import { TimeFilter } from "#app/_ui/time-filter.tsx";
import { firstValues, type SearchParams } from "#app/_ui/url.ts";
import { listRuns } from "#lib/delivery/runs/list-runs.ts";
import { runEvents, runStatuses } from "#lib/delivery/runs/model.ts";
import { runQuery } from "#lib/delivery/runs/schema.ts";
import { mayDoSomewhere, runPage } from "#lib/web/action.ts";
import { readQuery } from "#lib/web/read-query.ts";

export const metadata: Metadata = { title: "Runs" };

export default async function RunsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams;
  const query = readQuery(runQuery, firstValues(params));
  const { page, chosen, mayAssign } = await runPage(async (ctx) => {
    const label = <T,>(id: string | undefined, find: (wanted: { q: string; include: string[] }) => Promise<T[]>) =>
      id ? find({ q: "", include: [id] }) : [];
    const [page, triggers, transports, nodes, credentials] = await Promise.all([
      listFrom((cursor) => listRuns(ctx, { ...query, cursor }), query.cursor),
      label(query.triggerId, (wanted) => findTriggerOptions(ctx, wanted)),
      label(query.transportId, (wanted) => findTransportOptions(ctx, wanted)),
      label(query.nodeId, (wanted) => findNodeChoices(ctx, wanted)),
      label(query.credentialId, (wanted) => findCredentialChoices(ctx, wanted)),
    ]);
    const chosen = { triggers, transports, nodes, credentials };
    return { page, chosen, mayAssign: mayDoSomewhere(ctx, "credentials.assign") };
  });
  const { cursor: _, limit: __, ...narrowing } = query;
  const isFiltered = Object.values(narrowing).some(Boolean) || Boolean(params.cursor);
  return (
    <>
      <PageHeader
        title="Runs"
        description="Every execution of a trigger and every test of a transport, newest first."
      />
      <FilterBar
        filters={[
          {
            name: "status",
            label: "Status",
            options: runStatuses.map((value) => ({ value, label: runStatusWords[value] })),
          },
          { name: "triggerId", label: "Trigger", find: findTriggers, initial: chosen.triggers },
          { name: "transportId", label: "Transport", find: findTransports, initial: chosen.transports },
          ...(mayAssign
            ? [{ name: "credentialId", label: "Credential", find: findFilterCredentials, initial: chosen.credentials }]
            : []),
          { name: "nodeId", label: "Node", find: findFilterNodes, initial: chosen.nodes },
          {
            name: "event",
            label: "Event",
            options: runEvents.map((value) => ({ value, label: runEventWords[value] })),
          },
        ]}
      />
      <TimeFilter from={query.since} to={query.until} names={{ from: "since", to: "until" }} />
      <RunTable
        caption="Runs, newest first"
        runs={page.items}
        path="/runs"
        params={params}
        nextCursor={page.nextCursor}
        empty={
          isFiltered ? (
            <EmptyState title="No run fits" text="Widen the time or clear the filters." />
          ) : (
            <EmptyState
              icon={<HistoryIcon size={32} strokeWidth={1.4} aria-hidden />}
              title="No runs yet"
              text="Each run of a trigger leaves its receipt here: token, request, answer, and what went wrong."
              action={<LinkButton href="/triggers">Open the triggers</LinkButton>}
            />
          )
        }
      />
    </>
  );
}
