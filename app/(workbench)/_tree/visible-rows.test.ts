import { describe, expect, test } from "vitest";
import type { TreeItem } from "#lib/access/nodes/branches.ts";
import { formatOpenNodes, openKey, parseOpenNodes } from "./open-nodes.ts";
import { findByTyping, listVisibleRows, stepByKey } from "./visible-rows.ts";

const node = (id: string, name: string, children: TreeItem[] | null): TreeItem => ({
  kind: "node",
  id,
  name,
  version: 1,
  isContext: false,
  children,
});
const trigger: TreeItem = {
  kind: "trigger",
  id: "0000000f",
  name: "Send order",
  version: 1,
  type: "on_demand",
  enabled: true,
};
const items = [
  node("0000000a", "Plant 1", [node("0000000b", "Line 1", null), trigger]),
  node("0000000c", "Plant 2", null),
  node("0000000d", "Press shop", []),
];
const rowsWith = (open: string[], loaded = new Map<string, TreeItem[]>()) =>
  listVisibleRows(items, new Set(open), loaded);

describe("the lines on the screen", () => {
  test("are those of open branches, each with its place", () => {
    const rows = rowsWith(["0000000a"]);
    expect(rows.map((row) => [row.item.name, row.level, row.position, row.setSize, row.state])).toEqual([
      ["Plant 1", 1, 1, 3, "open"],
      ["Line 1", 2, 1, 2, "closed"],
      ["Send order", 2, 2, 2, "leaf"],
      ["Plant 2", 1, 2, 3, "closed"],
      ["Press shop", 1, 3, 3, "leaf"],
    ]);
    expect(rows.map((row) => row.path)).toEqual([
      ["0000000a"],
      ["0000000a", "0000000b"],
      ["0000000a"],
      ["0000000c"],
      ["0000000d"],
    ]);
  });

  test("say that a branch is on its way until it is loaded", () => {
    expect(rowsWith(["0000000c"])[1]?.state).toBe("loading");
    const loaded = new Map([["0000000c", [node("0000000e", "Oven", [])]]]);
    expect(rowsWith(["0000000c"], loaded).map((row) => row.item.name)).toContain("Oven");
  });
});

test.each([
  ["0000000a", "ArrowDown", { focus: "0000000b" }],
  ["0000000a", "ArrowUp", null],
  ["0000000a", "ArrowRight", { focus: "0000000b" }],
  ["0000000a", "ArrowLeft", { close: "0000000a" }],
  ["0000000b", "ArrowRight", { open: "0000000b" }],
  ["0000000b", "ArrowLeft", { focus: "0000000a" }],
  ["0000000f", "ArrowRight", null],
  ["0000000d", "ArrowLeft", null],
  ["0000000d", "Home", { focus: "0000000a" }],
  ["0000000a", "End", { focus: "0000000d" }],
  ["0000000a", "x", null],
  ["gone", "ArrowDown", null],
])("on %s the key %s leads to %j", (id, key, step) => {
  expect(stepByKey(rowsWith(["0000000a"]), id, key)).toEqual(step);
});

test("typing finds the next name that begins so, around the end", () => {
  const rows = rowsWith(["0000000a"]);
  expect(findByTyping(rows, "0000000a", "p")).toBe("0000000c");
  expect(findByTyping(rows, "0000000c", "p")).toBe("0000000d");
  expect(findByTyping(rows, "0000000d", "p")).toBe("0000000a");
  expect(findByTyping(rows, "0000000c", "pr")).toBe("0000000d");
  expect(findByTyping(rows, "0000000a", "plant 2")).toBe("0000000c");
  expect(findByTyping(rows, "0000000a", "z")).toBeNull();
});

test("open nodes come back from the cookie, and nothing does from a foreign one", () => {
  const keys = ["019e0000-0000-7000-8000-00000000dead", "019e0000-0000-7000-8000-00001234abcd"].map(openKey);
  expect(parseOpenNodes(formatOpenNodes(keys))).toEqual(["0000dead", "1234abcd"]);
  for (const foreign of [undefined, "", "abc", "<script>", "0000dead1"]) expect(parseOpenNodes(foreign)).toEqual([]);
  const many = Array.from({ length: 500 }, (_, index) => index.toString(16).padStart(8, "0"));
  expect(formatOpenNodes(many).length).toBeLessThan(4000);
  expect(formatOpenNodes(many).endsWith(many.at(-1)!)).toBe(true);
});
