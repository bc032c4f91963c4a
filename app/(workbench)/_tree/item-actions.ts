import { type Action, type ActorGrant, isAllowed } from "#lib/access/permissions/permissions.ts";
import type { VisibleRow } from "./visible-rows.ts";

/** What a menu entry does: leads to a page, or opens a dialog. */
export type ItemAction = { label: string; icon: ActionIcon } & (
  | { href: string }
  | { dialog: "add-node" | "rename" | "move" | "delete" | "profiles"; isDestructive?: boolean }
);
export type ActionIcon = "profiles" | "open" | "run" | "node" | "transport" | "trigger" | "rename" | "move" | "delete";

const folders = { node: "nodes", transport: "transports", trigger: "triggers" } as const;

/** The page of something in the tree; none for a node that is shown for context only. */
export function pageOf({ item }: VisibleRow): string | null {
  if (item.kind === "node" && item.isContext) return null;
  return `/${folders[item.kind]}/${item.id}`;
}

/** The entries of an item's menu, as the grants allow; the use-cases check again. */
export function listItemActions(row: VisibleRow, grants: readonly ActorGrant[]): ItemAction[] {
  const { item, path } = row;
  const may = (action: Action, where: readonly string[] | null = path) => isAllowed(grants, action, where);
  const actions: (ItemAction | false)[] = [];
  const page = pageOf(row);
  if (page) actions.push({ label: "Open", icon: "open", href: page });

  const edit = (write: Action, mayMove: boolean) => {
    if (!may(write)) return;
    actions.push({ label: "Rename", icon: "rename", dialog: "rename" });
    if (mayMove) actions.push({ label: "Move to…", icon: "move", dialog: "move" });
    actions.push({ label: "Delete", icon: "delete", dialog: "delete", isDestructive: true });
  };
  if (item.kind === "trigger") {
    actions.push(may("triggers.run") && { label: "Run", icon: "run", href: `/triggers/${item.id}/run` });
    edit("triggers.write", true);
  } else if (item.kind === "transport") {
    edit("transports.write", true);
  } else {
    const query = `?nodeId=${item.id}`;
    actions.push(
      may("nodes.write") && { label: "New node here", icon: "node", dialog: "add-node" },
      may("transports.write") && { label: "New transport here", icon: "transport", href: `/transports/new${query}` },
      may("triggers.write") && { label: "New trigger here", icon: "trigger", href: `/triggers/new${query}` },
      { label: "User External Credentials", icon: "profiles", dialog: "profiles" },
    );
    const above = path.slice(0, -1);
    edit("nodes.write", may("nodes.write", above.length === 0 ? null : above));
  }
  return actions.filter((action) => action !== false);
}
