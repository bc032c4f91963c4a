import type { Dashboard } from "#lib/oversight/dashboards/model.ts";
import type { Range } from "#lib/oversight/dashboards/span.ts";

export const rangeWords: Record<Range, string> = {
  "1h": "1 hour",
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
  custom: "Custom",
};

/** The dashboard in a sentence: what is read out when something of it changes. */
export function summarize({ credentials, runs, requests, endings, runway }: Dashboard): string {
  const of = (status: string) => credentials.byStatus.find((row) => row.status === status)?.count ?? 0;
  const ended = endings.counts.find(({ within }) => within === "ended")?.count ?? 0;
  const say = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;
  return `${say(of("action_needed"), "credential needs", "credentials need")} action, ${of("degraded")} degraded, ${say(ended, "secret has", "secrets have")} ended; ${say(runs.totals.failed, "run", "runs")} and ${say(requests.totals.failed, "token request", "token requests")} failed; ${say(runway.counts.none, "transport is", "transports are")} without a token.`;
}
