/** What the tree shows, as it comes from the database. */
export type TreeRows = {
  nodes: { id: string; parentId: string | null; name: string; version: number; isContext: boolean }[];
  transports: { id: string; nodeId: string; name: string; version: number; type: string }[];
  triggers: { id: string; nodeId: string; name: string; version: number; type: string; enabled: boolean }[];
};

type ItemBase = { id: string; name: string; version: number };

/** One line of the tree panel. */
export type TreeItem =
  | (ItemBase & {
      kind: "node";
      /** Shown only because something under it may be seen. */
      isContext: boolean;
      /** null = there are some, not loaded yet. */
      children: TreeItem[] | null;
    })
  | (ItemBase & { kind: "transport"; type: string })
  | (ItemBase & { kind: "trigger"; type: string; enabled: boolean });

const byName = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const sortByName = <T extends { name: string }>(rows: T[]): T[] => rows.sort((a, b) => byName.compare(a.name, b.name));

/**
 * The tree with the branches of open nodes only; the others have `children: null` when there is something in them.
 * Nodes come first, then transports, then triggers, each by name with numbers in order.
 * @param isOpen whether a node's branch is wanted.
 */
export function buildBranches(rows: TreeRows, isOpen: (nodeId: string) => boolean): TreeItem[] {
  const known = new Set(rows.nodes.map((node) => node.id));
  const nodesIn = Map.groupBy(rows.nodes, (node) =>
    node.parentId !== null && known.has(node.parentId) ? node.parentId : null,
  );
  const transportsOn = Map.groupBy(rows.transports, (row) => row.nodeId);
  const triggersOn = Map.groupBy(rows.triggers, (row) => row.nodeId);

  const contentsOf = (id: string | null): TreeItem[] => [
    ...sortByName(nodesIn.get(id) ?? []).map(
      (row): TreeItem => ({
        kind: "node",
        id: row.id,
        name: row.name,
        version: row.version,
        isContext: row.isContext,
        children: !hasContents(row.id) ? [] : isOpen(row.id) ? contentsOf(row.id) : null,
      }),
    ),
    ...leavesOf(id),
  ];
  const leavesOf = (id: string | null): TreeItem[] =>
    id === null
      ? []
      : [
          ...sortByName(transportsOn.get(id) ?? []).map(({ nodeId, ...row }) => ({
            kind: "transport" as const,
            ...row,
          })),
          ...sortByName(triggersOn.get(id) ?? []).map(({ nodeId, ...row }) => ({ kind: "trigger" as const, ...row })),
        ];
  const hasContents = (id: string) => nodesIn.has(id) || transportsOn.has(id) || triggersOn.has(id);

  return contentsOf(null);
}

/** What stands directly in one node, its own branches closed; null when the node is not in the tree. */
export function findBranch(rows: TreeRows, nodeId: string): TreeItem[] | null {
  if (!rows.nodes.some((node) => node.id === nodeId)) return null;
  const within: TreeRows = {
    nodes: rows.nodes.map((node) => (node.id === nodeId ? { ...node, parentId: null } : node)),
    transports: rows.transports,
    triggers: rows.triggers,
  };
  const top = buildBranches(within, (id) => id === nodeId).find((item) => item.id === nodeId);
  return top?.kind === "node" ? (top.children ?? []) : null;
}
