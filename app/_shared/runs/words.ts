import { runStatusWords } from "#app/_ui/status-badge.tsx";
import type { Run, RunEvent, RunPhase, RunToken } from "#lib/delivery/runs/model.ts";

/** What made a run. */
export const runEventWords: Record<RunEvent, string> = {
  on_demand: "On demand",
  schedule: "Schedule",
  webhook: "Webhook",
  test: "Test",
};

/** Where the token of a run came from, and what that means. */
export const tokenSourceWords: Record<RunToken["source"], { word: string; meaning: string }> = {
  cache: { word: "Cache", meaning: "Cached token" },
  acquired: { word: "Acquired", meaning: "Requested from the provider for this run" },
  refreshed: { word: "Refreshed", meaning: "Requested from the provider to replace the previous one" },
};

/** What takes time in a request. */
export const phaseWords: Record<RunPhase, string> = {
  token: "Token",
  lookup: "DNS lookup",
  proxy: "Proxy",
  connect: "Connect",
  tls: "TLS",
  first_byte: "First byte",
  body: "Body",
};

/** How a run went, in one sentence. */
export function describeOutcome({ status, response, error }: Run): string {
  if (status === "queued") return "Queued. This run waits until another one finishes.";
  if (status === "held") {
    return `Held. It's retried when the credential works. ${error?.message ?? ""}`.trim();
  }
  const answer = response ? `, HTTP ${response.status}` : "";
  return `${runStatusWords[status]}${answer}. ${error?.message ?? ""}`.trim();
}
