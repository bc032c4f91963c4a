import { expect, test } from "vitest";
import { buildBranches, findBranch, type TreeItem, type TreeRows } from "./branches.ts";

const node = (id: string, parentId: string | null, name = id) => ({ id, parentId, name, version: 1, isContext: false });
const rows: TreeRows = {
  nodes: [node("p10", null, "Plant 10"), node("p2", null, "plant 2"), node("line", "p2"), node("cell", "line")],
  transports: [{ id: "orders", nodeId: "p2", name: "Orders", version: 1, type: "HTTP" }],
  triggers: [{ id: "send", nodeId: "cell", name: "Send", version: 1, type: "on_demand", enabled: true }],
};

const outline = (items: TreeItem[]): unknown[] =>
  items.map((item) => (item.kind === "node" ? [item.name, item.children && outline(item.children)] : item.name));

test("closed branches are left out, empty ones said to be empty", () => {
  expect(outline(buildBranches(rows, () => false))).toEqual([
    ["plant 2", null],
    ["Plant 10", []],
  ]);
});

test("open branches are there, nodes before what stands on them, numbers in order", () => {
  const open = new Set(["p2", "line", "cell"]);
  expect(outline(buildBranches(rows, (id) => open.has(id)))).toEqual([
    ["plant 2", [["line", [["cell", ["Send"]]]], "Orders"]],
    ["Plant 10", []],
  ]);
});

test("a node whose parent can't be seen stands at the top", () => {
  const seen = { ...rows, nodes: rows.nodes.filter((row) => row.id !== "line" && row.id !== "p10") };
  expect(outline(buildBranches(seen, () => false))).toEqual([
    ["cell", null],
    ["plant 2", null],
  ]);
});

test("one branch alone is found wherever it is, its own branches closed", () => {
  expect(outline(findBranch(rows, "p2") ?? [])).toEqual([["line", null], "Orders"]);
  expect(outline(findBranch(rows, "line") ?? [])).toEqual([["cell", null]]);
  expect(findBranch(rows, "gone")).toBeNull();
});
