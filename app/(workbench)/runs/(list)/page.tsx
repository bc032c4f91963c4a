import { HistoryIcon } from "lucide-react";
import type { Metadata } from "next";
import { listPage } from "#app/_shared/lists/list-page.tsx";
import { credentialFilter, nodeFilter, transportFilter, triggerFilter } from "#app/_shared/options/filters.ts";
import { runColumns } from "#app/_shared/runs/run-columns.tsx";
import { runEventWords } from "#app/_shared/runs/words.ts";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { runStatusWords } from "#app/_ui/status-badge.tsx";
import { toOptions } from "#app/_ui/to-options.ts";
import { runEvents, runStatuses } from "#lib/delivery/runs/model.ts";
import { listRuns } from "#lib/delivery/runs/read-runs.ts";
import { runQuery } from "#lib/delivery/runs/schema.ts";

export const metadata: Metadata = { title: "Runs" };

export default listPage({
  path: "/runs",
  schema: runQuery,
  list: listRuns,
  view: (ctx) => ({
    title: "Runs",
    description: "Every execution of a trigger and every test of a transport, newest first.",
    filters: [
      { name: "status", label: "Status", options: toOptions(runStatusWords, runStatuses) },
      triggerFilter(ctx),
      transportFilter(ctx),
      credentialFilter(ctx),
      nodeFilter(ctx),
      { name: "event", label: "Event", options: toOptions(runEventWords, runEvents) },
    ],
    times: ["since", "until"],
    table: {
      caption: "Runs, newest first",
      columns: runColumns,
      noMatch: { title: "No run fits", text: "Widen the time or clear the filters." },
      empty: {
        icon: <HistoryIcon size={32} strokeWidth={1.4} aria-hidden />,
        title: "No runs yet",
        text: "Each run of a trigger leaves its receipt here: token, request, answer, and what went wrong.",
        action: <LinkButton href="/triggers">Open the triggers</LinkButton>,
      },
    },
  }),
});
