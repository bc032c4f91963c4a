import { expect, test } from "vitest";
import type { Dashboard } from "./model.ts";
import { toCsv } from "./to-csv.ts";

const dashboard: Dashboard = {
  at: "2026-05-13T10:30:00.000Z",
  scope: { nodeId: null, nodeName: "All nodes" },
  span: { range: "24h", since: "2026-05-12T10:00:00.000Z", until: "2026-05-13T11:00:00.000Z", stepMs: 3_600_000 },
  credentials: { total: 1, byStatus: [{ status: "active", count: 1 }], reasons: [] },
  runs: {
    series: [{ at: "2026-05-12T10:00:00.000Z", succeeded: 3, failed: 1, other: 0 }],
    totals: { succeeded: 3, failed: 1, other: 0 },
    failing: [{ triggerId: "1", name: '=HYPERLINK("https://evil.example","x")', runs: 4, failed: 1 }],
    slowest: [{ triggerId: "1", name: "Send, now", runs: 4, failed: 1, p50: 12.4, p95: 80 }],
  },
  requests: {
    series: [],
    totals: { succeeded: 0, failed: 0 },
    hosts: [],
    reasons: [{ host: "a.example", reason: "-1+1", count: 2 }],
  },
  endings: {
    counts: [],
    transports: [],
    next: [
      {
        kind: "credential",
        id: "1",
        name: "@Orders",
        owner: "Ines",
        endsAt: "2026-06-01T00:00:00.000Z",
        successor: { what: "client secret", endsAt: null, stagedAt: "2026-05-01T08:00:00.000Z", test: "none" },
      },
    ],
  },
  runway: { counts: { none: 1, hour: 0, longer: 2 }, worst: [] },
  idle: { unused: 1, ownerless: 0 },
  signIns: { profiles: [{ credentialId: "1", name: "Portal", succeeded: 2, failed: 1 }], reasons: [] },
};

test("every number has a line, with what it is of", () => {
  const lines = toCsv(dashboard).split("\r\n");
  expect(lines[0]).toBe("block,what,of,value");
  expect(lines).toContain("runs,failed,2026-05-12T10:00:00.000Z,1");
  expect(lines).toContain('runs,p50 ms of trigger,"Send, now",12');
  expect(lines).toContain("signIns,refused,Portal,1");
  expect(lines.at(-1)).toBe("");
});

test("nothing is a formula", () => {
  const lines = toCsv(dashboard).split("\r\n");
  expect(lines).toContain(`runs,failed runs of trigger,"'=HYPERLINK(""https://evil.example"",""x"")",1`);
  expect(lines).toContain("requests,failed at a.example,'-1+1,2");
  expect(lines).toContain(
    `endings,ends at 2026-06-01T00:00:00.000Z,'@Orders (Ines),"Successor staged: client secret, no end noted, not tested yet"`,
  );
});

test("one block comes alone", () => {
  const text = toCsv(dashboard, "idle");
  expect(text).toContain("idle,credentials,unused,1");
  expect(text).not.toContain("runs,");
});
