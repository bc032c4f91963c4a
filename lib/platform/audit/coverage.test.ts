import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** What changes without a record of its own, and why. */
const unrecorded: Record<string, string> = {
  "oversight/alerts/sending/deliver.ts": "the delivery log has each attempt",
  "oversight/alerts/messages/build-messages.ts": "the delivery log has each message",
  "oauth/rotation/record-test.ts": "the event log of the credential has each test",
  "oauth/rotation/promote.ts": "put-in-force.ts records it, in the same transaction",
  "oauth/credential-edits/sweep-secret-ends.ts": "lets statuses follow the calendar; nobody did that",
  "platform/db/client.ts": "is where transactions are made",
  "delivery/connection-check/last-check.ts": "keeps what the event log of the credential has too",
  "access/second-factor/verify-second-factor.ts": "marks a code as used; the sign-in that it is part of is recorded",
  "oversight/rollups/keep-rollups.ts": "counts what is recorded elsewhere",
  "oauth/tokens/provider-slots.ts": "a slot among token requests; those are in the event logs",
  "oauth/tokens/record-outcome.ts": "the event log of the credential has each token request",
  "delivery/transport-edits/reassign-credential.ts": "each transport is changed, and recorded, by update-transport.ts",
  "delivery/queue/dispatch.ts": "a queued run is in its own record",
  "delivery/schedules/fire-due.ts": "a scheduled run is in its own record",
  "delivery/queue/hold-runs.ts": "a held run is in its own record",
  "delivery/firing/run-queued.ts": "a queued run is in its own record",
  "delivery/firing/fire.ts": "a run in progress is in its own record",
  "delivery/transport-edits/missing-hosts.ts":
    "oauth/credential-edits/allow-hosts.ts records it, in the same transaction",
  "delivery/transport-edits/plan-input.ts": "checks, and changes nothing",
};

// A new file is listed here only if nobody will ever ask who did that and when.
test("whatever changes something in a transaction records it in the audit log", () => {
  const files = readdirSync("lib", { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.includes(".test."),
  );
  const silent = files.filter((file) => {
    const text = readFileSync(join("lib", file), "utf8");
    return text.includes("inTransaction(") && !text.includes("recordAudit(");
  });
  expect(silent.sort()).toEqual(Object.keys(unrecorded).sort());
});
