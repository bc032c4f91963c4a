/** A node's own name and id, as part of a way from the root. */
export type NodeStep = { id: string; name: string };

type NodeBase = {
  id: string;
  version: number;
  name: string;
  /** null at the top of the tree. */
  parentId: string | null;
  /** Shown in the tree panel before anyone has signed in. */
  listed: boolean;
  createdAt: string;
  updatedAt: string;
};

/** A row of the list. `trail` is the way from the root to the node's parent. */
export type NodeSummary = NodeBase & {
  trail: NodeStep[];
  childCount: number;
  transportCount: number;
  triggerCount: number;
};

/** One node; `path` holds the ids from the root down to the node itself. */
export type NodeDetail = NodeBase & { path: string[]; trail: NodeStep[] };

/** What keeps a node from being deleted: what stands on it, under it or is granted for it. */
export type NodeUse = {
  kind: "node" | "transport" | "trigger" | "user" | "api_key" | "credential" | "alert_channel";
  id: string;
  name: string;
  nodeId: string;
  /** Of a trigger: when its schedule is due next; null when it has none, is paused or disabled. */
  nextDueAt?: string | null;
};

/** How deep nodes may nest. */
export const maxDepth = 32;
