import { describeSuccessor } from "#lib/oauth/rotation/describe-successor.ts";
import type { Dashboard } from "./model.ts";

export const exportedBlocks = [
  "credentials",
  "runs",
  "requests",
  "endings",
  "runway",
  "idle",
  "signIns",
] as const satisfies (keyof Dashboard)[];
export type ExportedBlock = (typeof exportedBlocks)[number];

type Cell = string | number | null;

/**
 * A dashboard, or one block of it, as CSV (RFC 4180) with one number in each line: block, what, of what, number. Texts that a
 * spreadsheet would take for a formula begin with an apostrophe (OWASP, CSV Injection).
 */
export function toCsv(dashboard: Dashboard, only?: ExportedBlock): string {
  const { scope, span, at } = dashboard;
  const head: Cell[][] = [
    ["block", "what", "of", "value"],
    ["dashboard", "node", scope.nodeName, null],
    ["dashboard", "since", span.since, null],
    ["dashboard", "until", span.until, null],
    ["dashboard", "made at", at, null],
  ];
  const blocks = exportedBlocks.filter((block) => only === undefined || only === block);
  const rows = blocks.flatMap((block) => listCells[block](dashboard).map((cells): Cell[] => [block, ...cells]));
  return `${[...head, ...rows].map((cells) => cells.map(quote).join(",")).join("\r\n")}\r\n`;
}

const listCells: Record<ExportedBlock, (dashboard: Dashboard) => Cell[][]> = {
  credentials: ({ credentials }) => [
    ...credentials.byStatus.map(({ status, count }) => ["status", status, count]),
    ...credentials.reasons.map(({ status, reason, count }) => [`reason of ${status}`, reason, count]),
  ],
  runs: ({ runs }) => [
    ...runs.series.flatMap(({ at, ...totals }) => Object.entries(totals).map(([name, count]) => [name, at, count])),
    ...runs.failing.map(({ name, failed }) => ["failed runs of trigger", name, failed]),
    ...runs.slowest.flatMap(({ name, p50, p95 }) => [
      ["p50 ms of trigger", name, Math.round(p50)],
      ["p95 ms of trigger", name, Math.round(p95)],
    ]),
  ],
  requests: ({ requests }) => [
    ...requests.series.flatMap(({ at, ...totals }) => Object.entries(totals).map(([name, count]) => [name, at, count])),
    ...requests.hosts.flatMap(({ host, succeeded, failed }) => [
      ["succeeded at provider", host, succeeded],
      ["failed at provider", host, failed],
    ]),
    ...requests.reasons.map(({ host, reason, count }) => [`failed at ${host}`, reason, count]),
  ],
  endings: ({ endings }) => [
    ...endings.counts.map(({ within, count }) => ["secret or certificate ends within days", within, count]),
    ...endings.transports.map(({ within, count }) => ["certificate of a transport ends within days", within, count]),
    ...endings.next.map(({ kind, name, owner, endsAt, successor }) => [
      kind === "transport" ? `transport's certificate ends at ${endsAt}` : `ends at ${endsAt}`,
      owner === "" ? name : `${name} (${owner})`,
      successor && describeSuccessor(successor),
    ]),
  ],
  runway: ({ runway }) => [
    ...Object.entries(runway.counts).map(([name, count]) => ["transports with a token for", name, count]),
    ...runway.worst.map(({ transportName, tokenUntil }) => ["token until", transportName, tokenUntil]),
  ],
  idle: ({ idle }) => Object.entries(idle).map(([name, count]) => ["credentials", name, count]),
  signIns: ({ signIns }) => [
    ...signIns.profiles.flatMap(({ name, succeeded, failed }) => [
      ["signed in", name, succeeded],
      ["refused", name, failed],
    ]),
    ...signIns.reasons.map(({ name, reason, count }) => [`refused at ${name}`, reason, count]),
  ],
};

function quote(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const safe = /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
