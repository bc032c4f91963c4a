import type { TreeItem } from "#lib/access/nodes/branches.ts";
import { openKey } from "./open-nodes.ts";

/** One line of the tree as it stands on the screen. */
export type VisibleRow = {
  item: TreeItem;
  /** From 1. */
  level: number;
  position: number;
  setSize: number;
  parentId: string | null;
  /** Ids of the nodes from the root to the item, itself included when it is a node: what permissions go by. */
  path: string[];
  state: "leaf" | "closed" | "loading" | "open";
};

/**
 * The lines that are on the screen when some nodes are open.
 * @param open keys of open nodes (`openKey`).
 * @param loaded branches that were fetched since the page was rendered, by node id.
 */
export function listVisibleRows(
  items: readonly TreeItem[],
  open: ReadonlySet<string>,
  loaded: ReadonlyMap<string, TreeItem[]>,
): VisibleRow[] {
  const rows: VisibleRow[] = [];
  const walk = (siblings: readonly TreeItem[], level: number, parentId: string | null, above: string[]) => {
    siblings.forEach((item, index) => {
      const path = item.kind === "node" ? [...above, item.id] : above;
      const branch = item.kind === "node" ? (item.children ?? loaded.get(item.id) ?? null) : [];
      const isOpen = open.has(openKey(item.id));
      const state = branch?.length === 0 ? "leaf" : !isOpen ? "closed" : branch === null ? "loading" : "open";
      rows.push({ item, level, position: index + 1, setSize: siblings.length, parentId, path, state });
      if (state === "open" && branch) walk(branch, level + 1, item.id, path);
    });
  };
  walk(items, 1, null, []);
  return rows;
}

/** Where a key leads in the tree (WAI-ARIA Authoring Practices, tree view), null when it leads nowhere. */
export type Step = { focus: string } | { open: string } | { close: string } | null;

/** @param id of the row that has the focus. */
export function stepByKey(rows: readonly VisibleRow[], id: string, key: string): Step {
  const at = rows.findIndex((row) => row.item.id === id);
  const row = rows[at];
  if (!row) return null;
  const to = (target: VisibleRow | undefined): Step => (target ? { focus: target.item.id } : null);
  switch (key) {
    case "ArrowDown":
      return to(rows[at + 1]);
    case "ArrowUp":
      return to(rows[at - 1]);
    case "Home":
      return to(rows[0]);
    case "End":
      return to(rows.at(-1));
    case "ArrowRight":
      if (row.state === "closed") return { open: id };
      return row.state === "open" ? to(rows[at + 1]) : null;
    case "ArrowLeft":
      if (row.state === "open" || row.state === "loading") return { close: id };
      return row.parentId === null ? null : { focus: row.parentId };
    default:
      return null;
  }
}

/** The next row whose name begins with what was typed, from the focused one on and around; null when there is none. */
export function findByTyping(rows: readonly VisibleRow[], id: string, typed: string): string | null {
  const at = Math.max(
    0,
    rows.findIndex((row) => row.item.id === id),
  );
  // One character again and again goes on to the next; more of them may stay where they fit.
  const from = typed.length === 1 ? at + 1 : at;
  const wanted = typed.toLowerCase();
  for (let offset = 0; offset < rows.length; offset++) {
    const { item } = rows[(from + offset) % rows.length]!;
    if (item.name.toLowerCase().startsWith(wanted)) return item.id;
  }
  return null;
}
