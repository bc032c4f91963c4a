import { runStatusWords } from "#app/_ui/status-badge.tsx";
import type { Run, RunEvent, RunToken } from "#lib/delivery/runs/model.ts";

/** What made a run. */
export const runEventWords: Record<RunEvent, string> = {
  on_demand: "On demand",
  schedule: "Schedule",
  webhook: "Webhook",
  test: "Test",
};

/** Where the token of a run came from, and what that means. */
export const tokenSourceWords: Record<RunToken["source"], { word: string; meaning: string }> = {
  cache: { word: "Cache", meaning: "A token that was at hand and still valid." },
  acquired: { word: "Acquired", meaning: "The provider was asked for it now." },
  refreshed: { word: "Refreshed", meaning: "The provider was asked for a new one in place of the old one." },
};

/** How a run went, in one sentence. */
export function describeOutcome({ status, response, error }: Run): string {
  if (status === "queued") return "Queued. Another run is in progress; this one waits for its turn.";
  if (status === "held") {
    return `Held. It is made again when the credential works. ${error?.message ?? ""}`.trim();
  }
  const answer = response ? `, HTTP ${response.status}` : "";
  return `${runStatusWords[status]}${answer}. ${error?.message ?? ""}`.trim();
}
