import { expect, test } from "vitest";
import { navigationFor } from "./navigation.ts";

const labels = (role: "admin" | "engineer" | "operator" | "lead", nodeId: string | null = null) => {
  const { work, administration } = navigationFor([{ role, nodeId }]);
  return [work.map((entry) => entry.label), administration.map((entry) => entry.label)];
};
const work = ["Transports", "Triggers", "Runs", "Nodes"];

test("an admin of all nodes sees every page", () => {
  expect(labels("admin")).toEqual([
    ["Dashboard", ...work],
    [
      "Credentials",
      "Users",
      "API keys",
      "Sessions",
      "Network",
      "Alerts",
      "Retention",
      "Credential events",
      "Audit log",
    ],
  ]);
});

test("an admin of one node sees no page that concerns all nodes", () => {
  expect(labels("admin", "n1")).toEqual([
    ["Dashboard", ...work],
    ["Credentials", "Credential events"],
  ]);
});

test("operators and engineers see no administration, leads what they review", () => {
  expect(labels("operator")).toEqual([work, []]);
  expect(labels("engineer", "n1")).toEqual([work, []]);
  expect(labels("lead")).toEqual([
    ["Dashboard", ...work],
    ["Credentials", "Alerts", "Credential events", "Audit log"],
  ]);
});

test("nobody without a role sees anything", () => {
  expect(navigationFor([])).toEqual({ work: [], administration: [] });
});
