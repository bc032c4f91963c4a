import { expect, test } from "vitest";
import type { TreeItem } from "#lib/access/nodes/branches.ts";
import type { ActorGrant } from "#lib/access/permissions/permissions.ts";
import { listItemActions } from "./item-actions.ts";
import type { VisibleRow } from "./visible-rows.ts";

const rowOf = (item: TreeItem, path: string[]): VisibleRow => ({
  item,
  path,
  level: path.length,
  position: 1,
  setSize: 1,
  parentId: path.at(-2) ?? null,
  state: "leaf",
});
const node = (isContext = false): TreeItem => ({
  kind: "node",
  id: "line",
  name: "Line",
  version: 1,
  isContext,
  children: [],
});
const trigger: TreeItem = { kind: "trigger", id: "t", name: "Send", version: 1, type: "on_demand", enabled: true };
const transport: TreeItem = { kind: "transport", id: "h", name: "Orders", version: 1, type: "HTTP" };
const labels = (item: TreeItem, grants: ActorGrant[], path = ["plant", "line"]) =>
  listItemActions(rowOf(item, path), grants).map((action) => action.label);

test("an admin may do everything with a node", () => {
  expect(labels(node(), [{ role: "admin", nodeId: null }])).toEqual([
    "Open",
    "New node here",
    "New transport here",
    "New trigger here",
    "User External Credentials",
    "Rename",
    "Move to…",
    "Delete",
  ]);
});

test("an admin of the node itself may not move it away", () => {
  expect(labels(node(), [{ role: "admin", nodeId: "line" }])).not.toContain("Move to…");
  expect(labels(node(), [{ role: "admin", nodeId: "plant" }])).toContain("Move to…");
  expect(labels(node(), [{ role: "admin", nodeId: "plant" }], ["line"])).not.toContain("Move to…");
});

test("an engineer adds transports and triggers, an operator runs, a lead looks", () => {
  expect(labels(node(), [{ role: "engineer", nodeId: "plant" }])).toEqual([
    "Open",
    "New transport here",
    "New trigger here",
    "User External Credentials",
  ]);
  expect(labels(trigger, [{ role: "operator", nodeId: null }])).toEqual(["Open", "Run"]);
  expect(labels(trigger, [{ role: "lead", nodeId: null }])).toEqual(["Open"]);
  expect(labels(transport, [{ role: "engineer", nodeId: null }])).toEqual(["Open", "Rename", "Move to…", "Delete"]);
});

test("a node that is shown for context only can be signed in at", () => {
  const all = ["User External Credentials"];
  expect(labels(node(true), [{ role: "admin", nodeId: "elsewhere" }])).toEqual(all);
  expect(labels(node(true), [])).toEqual(all);
});
