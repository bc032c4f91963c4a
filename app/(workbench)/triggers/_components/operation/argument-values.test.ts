import { expect, test } from "vitest";
import { xsd } from "#lib/delivery/soap/builtin.ts";
import type { ElementNode, GroupNode, Types } from "#lib/delivery/soap/model.ts";
import {
  blankArguments,
  blankItem,
  chooseBranch,
  findBranch,
  formatPath,
  listSubtypes,
  setAt,
} from "./argument-values.ts";

const element = (name: string, type = xsd("string"), more: Partial<ElementNode> = {}): ElementNode => ({
  kind: "element",
  name,
  namespace: "",
  type,
  min: 1,
  max: 1,
  ...more,
});
const sequence = (...items: GroupNode["items"]): GroupNode => ({ kind: "sequence", min: 1, max: 1, items });
const complex = (content: GroupNode | null, more = {}) => ({
  kind: "complex" as const,
  content,
  attributes: [],
  ...more,
});
const message = (content: GroupNode) => ({ element: null, wrapped: true, content, attributes: [] });

test("paths are written as the server writes them", () => {
  expect(formatPath(["order", "lines", 2, "@unit"])).toBe("order.lines[2].@unit");
});

test("a value is set where nothing was, and everything beside it stays the same object", () => {
  const before = { order: { lines: [{ sku: "A" }, { sku: "B" }] }, other: { kept: true } };
  const after = setAt(before, ["order", "lines", 1, "sku"], "C") as typeof before;
  expect(after.order.lines).toEqual([{ sku: "A" }, { sku: "C" }]);
  expect(after.other).toBe(before.other);
  expect(after.order.lines[0]).toBe(before.order.lines[0]);
  expect(setAt({}, ["a", 0, "b"], "x")).toEqual({ a: [{ b: "x" }] });
});

test("removing takes the member or the item away", () => {
  expect(setAt({ a: 1, b: 2 }, ["a"], undefined)).toEqual({ b: 2 });
  expect(setAt({ list: ["x", "y"] }, ["list", 0], undefined)).toEqual({ list: ["y"] });
});

test("arguments begin with what is required, and a list with its first item", () => {
  const types: Types = {
    line: complex(sequence(element("sku"), element("note", undefined, { min: 0 })), {
      attributes: [{ name: "unit", namespace: "", type: xsd("string"), required: true, default: "pcs" }],
    }),
  };
  const input = message(sequence(element("lines", "line", { max: null }), element("remark", undefined, { min: 0 })));
  expect(blankArguments({ types, input })).toEqual({ lines: [{ "@unit": "pcs", sku: "" }] });
});

test("a type that has to hold itself ends", () => {
  const types: Types = { node: complex(sequence(element("child", "node"))) };
  expect(blankItem(types, element("root", "node"))).toEqual({ child: {} });
});

test("choosing another branch takes the first one's members away and leaves the rest", () => {
  const choice: GroupNode = {
    kind: "choice",
    min: 1,
    max: 1,
    items: [element("byId"), sequence(element("a"), element("b"))],
  };
  const members = { byId: "4711", before: "x" };
  expect(findBranch(choice, members)).toBe(0);
  const next = chooseBranch({}, choice, members, 1);
  expect(next).toEqual({ before: "x", a: "", b: "" });
  expect(findBranch(choice, next)).toBe(1);
  expect(chooseBranch({}, choice, next, null)).toEqual({ before: "x" });
});

test("derived types may stand in the place of an abstract one", () => {
  const types: Types = {
    shape: complex(null, { abstract: true }),
    circle: complex(null, { derivedFrom: "shape" }),
    disc: complex(null, { derivedFrom: "circle" }),
  };
  expect(listSubtypes(types, "shape")).toEqual(["circle", "disc"]);
});
