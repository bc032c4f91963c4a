import { describe, expect, test } from "vitest";
import { type Action, actions, allowedNodes, type Grant, isAllowed, type Role, roles } from "./permissions.ts";

/**
 * What each role may do, written out by hand and apart from the table under test. Per action, in the order admin,
 * engineer, operator, lead: where a grant for ONE node lets the role act. `here` = on that node and under it, `any` = on
 * any node (lists narrow themselves), `all` = only a grant for all nodes counts, `-` = never.
 */
const expected: Record<Action, [admin: Reach, engineer: Reach, operator: Reach, lead: Reach]> = {
  "nodes.read": ["any", "any", "any", "any"],
  "nodes.write": ["here", "-", "-", "-"],
  "credentials.read": ["any", "-", "-", "any"],
  "credentials.assign": ["any", "any", "-", "-"],
  "credentials.write": ["all", "-", "-", "-"],
  "credentials.check": ["all", "-", "-", "-"],
  "network.read": ["any", "any", "-", "-"],
  "network.write": ["all", "-", "-", "-"],
  "transports.read": ["here", "here", "here", "here"],
  "transports.write": ["here", "here", "-", "-"],
  "transports.test": ["here", "here", "-", "-"],
  "transports.use": ["here", "here", "here", "-"],
  "triggers.read": ["here", "here", "here", "here"],
  "triggers.write": ["here", "here", "-", "-"],
  "triggers.run": ["here", "here", "here", "-"],
  "runs.read": ["here", "here", "here", "here"],
  "users.read": ["all", "-", "-", "-"],
  "users.write": ["all", "-", "-", "-"],
  "sessions.read": ["all", "-", "-", "-"],
  "sessions.revoke": ["all", "-", "-", "-"],
  "api-keys.read": ["all", "-", "-", "-"],
  "api-keys.write": ["all", "-", "-", "-"],
  "dashboard.read": ["here", "-", "-", "here"],
  "reviews.sign": ["here", "-", "-", "here"],
  "retention.read": ["all", "-", "-", "-"],
  "retention.write": ["all", "-", "-", "-"],
  "alerts.read": ["all", "-", "-", "all"],
  "alerts.write": ["all", "-", "-", "-"],
  "audit.read": ["all", "-", "-", "all"],
  "metrics.read": ["all", "-", "-", "-"],
};
type Reach = "here" | "any" | "all" | "-";

/** company > plant > line, and another plant beside it; `null` is an action about no single node. */
const paths = {
  "the node itself": ["company", "plant"],
  "a node under it": ["company", "plant", "line"],
  "the node above it": ["company"],
  "a node beside it": ["company", "other plant"],
  "no single node": null,
} as const;
type Place = keyof typeof paths;

function mayOnNode(reach: Reach, place: Place): boolean {
  if (reach === "any") return true;
  return reach === "here" && (place === "the node itself" || place === "a node under it");
}

test("the expectation covers every action", () => {
  expect(Object.keys(expected).sort()).toEqual([...actions].sort());
});

describe.each(roles)("the role %s", (role) => {
  const column = roles.indexOf(role);

  test.each(actions)("granted for all nodes: %s", (action) => {
    const grants: Grant[] = [{ role, nodeId: null }];
    for (const path of Object.values(paths)) {
      expect(isAllowed(grants, action, path)).toBe(expected[action][column] !== "-");
    }
    expect(allowedNodes(grants, action)).toEqual(expected[action][column] === "-" ? [] : "all");
  });

  test.each(actions)("granted for one node: %s", (action) => {
    const grants: Grant[] = [{ role, nodeId: "plant" }];
    const reach = expected[action][column]!;
    for (const [place, path] of Object.entries(paths)) {
      expect({ place, allowed: isAllowed(grants, action, path) }).toEqual({
        place,
        allowed: mayOnNode(reach, place as Place),
      });
    }
    expect(allowedNodes(grants, action)).toEqual(reach === "here" || reach === "any" ? ["plant"] : []);
  });
});

test.each(actions)("nobody may do anything without a role: %s", (action) => {
  for (const path of Object.values(paths)) expect(isAllowed([], action, path)).toBe(false);
  expect(allowedNodes([], action)).toEqual([]);
});

test("roles add up: each counts where it was granted and nowhere else", () => {
  const grants: Grant[] = [
    { role: "operator", nodeId: null },
    { role: "engineer", nodeId: "plant" },
  ];
  const may = (action: Action, path: readonly string[]) => isAllowed(grants, action, path);
  expect(may("triggers.run", paths["a node beside it"])).toBe(true);
  expect(may("triggers.write", paths["a node under it"])).toBe(true);
  expect(may("triggers.write", paths["a node beside it"])).toBe(false);
  expect(allowedNodes(grants, "triggers.write")).toEqual(["plant"]);
  expect(allowedNodes(grants, "triggers.run")).toBe("all");
});

test("reading isn't using: a lead never gets an action that sends something", () => {
  const using = actions.filter((action) => /\.(use|test|run|assign|check|write)$/.test(action));
  expect(using.filter((action) => isAllowed([{ role: "lead", nodeId: null }], action, null))).toEqual([]);
});

test("a role for a node that is twice granted is listed once", () => {
  const both: Role[] = ["admin", "engineer"];
  const grants = both.map((role) => ({ role, nodeId: "plant" }));
  expect(allowedNodes(grants, "transports.write")).toEqual(["plant"]);
});

test("the role metrics reads metrics and may do nothing else", () => {
  const grants = [{ role: "metrics", nodeId: null }] as const;
  expect(actions.filter((action) => isAllowed(grants, action, null))).toEqual(["metrics.read"]);
});
