import { expect, test } from "vitest";
import type { CredentialStatus } from "#lib/oauth/credentials/kinds.ts";
import { decideNotices, gatherMs, type OpenLoss, type StatusChange } from "./decide-notices.ts";
import { thresholdFor } from "./thresholds.ts";

const minute = 60_000;
const start = Date.parse("2030-01-01T00:00:00Z");
const listener = { channelId: "mail", recipient: "", quietMs: 5 * minute };
let count = 0;

/** Changes of one credential, a minute apart. */
function changes(...statuses: CredentialStatus[]): StatusChange[] {
  return statuses.map((toStatus, index) => ({
    id: ++count,
    credentialId: "orders",
    at: new Date(start + index * minute),
    toStatus,
    reason: `it is ${toStatus}`,
    hasWorked: true,
  }));
}
const decide = (list: StatusChange[], open: OpenLoss[] = []) => decideNotices(list, open, () => [listener]);
const told = (more: Partial<OpenLoss> = {}): OpenLoss => ({
  channelId: "mail",
  recipient: "",
  id: "n1",
  credentialId: "orders",
  status: "degraded",
  since: new Date(start).toISOString(),
  isTold: true,
  ...more,
});

test("action needed is told soon, degraded when it has lasted", () => {
  const [worse] = decide(changes("action_needed")).notices;
  expect(worse).toMatchObject({ kind: "lost", data: { status: "action_needed", reason: "it is action_needed" } });
  expect(worse!.dueAt.getTime()).toBe(start + gatherMs);
  const [degraded] = decide(changes("degraded")).notices;
  expect(degraded!.dueAt.getTime()).toBe(start + 5 * minute);
});

test("a loss that is over before it was told is never told, nor that it is over", () => {
  expect(decide(changes("degraded", "active", "degraded", "expiring"))).toEqual({ notices: [], closed: [] });
  expect(decide(changes("active"), [told({ isTold: false })])).toEqual({ notices: [], closed: ["n1"] });
});

test("who heard of the loss hears that it is over, also after it got worse", () => {
  const over = decide(changes("active"), [told()]);
  expect(over.closed).toEqual(["n1"]);
  expect(over.notices).toMatchObject([{ kind: "regained", credentialId: "orders", channelId: "mail" }]);
  const worse = decide(changes("action_needed", "active"), [told()]);
  expect(worse.notices).toMatchObject([{ kind: "regained" }]);
});

test("what gets worse is told again, with since when; what only flutters between bad and bad is not", () => {
  const { notices, closed } = decide(changes("action_needed", "degraded", "action_needed"), [told()]);
  expect(closed).toEqual(["n1"]);
  expect(notices).toMatchObject([{ data: { status: "action_needed", since: told().since, heard: true } }]);
});

test("an edit ends nothing, the check after it does; disabling ends it without a word", () => {
  expect(decide(changes("unverified"), [told()])).toEqual({ notices: [], closed: [] });
  expect(decide(changes("unverified", "active"), [told()]).notices).toMatchObject([{ kind: "regained" }]);
  expect(decide(changes("disabled"), [told()])).toEqual({ notices: [], closed: ["n1"] });
});

test("a new credential that never worked is no news", () => {
  const [change] = changes("action_needed");
  expect(decide([{ ...change!, hasWorked: false }])).toEqual({ notices: [], closed: [] });
});

test.each([
  [61, null],
  [60, 60],
  [31, 60],
  [30, 30],
  [14, 14],
  [8, 14],
  [7, 7],
  [2, 7],
  [1, 1],
  [0, 1],
  [-1, 0],
])("with %i days left the threshold is %s", (days, threshold) => {
  expect(thresholdFor(days)).toBe(threshold);
});
