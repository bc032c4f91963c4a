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
