"use client";
import { notifications } from "@mantine/notifications";
import { usePathname, useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import type { TreeItem } from "#lib/access/nodes/branches.ts";
import type { ActorGrant } from "#lib/access/permissions/permissions.ts";
import type { Profile } from "#lib/oauth/sign-in/model.ts";
import { deleteItem, readUses } from "./actions.ts";
import { MoveDialog } from "./move-dialog.tsx";
import { NameDialog } from "./name-dialog.tsx";
import { ProfilesDialog } from "./profiles-dialog.tsx";
import { UsedBy } from "./used-by.tsx";

/** What is being done with an item; `item` null = the top of the tree. `path` as in VisibleRow. */
export type TreeTask =
  | { dialog: "add-node"; item: TreeItem | null; path: string[] }
  | { dialog: "rename" | "move" | "delete" | "profiles"; item: TreeItem | null; path: string[] };

type Props = {
  task: TreeTask | null;
  grants: readonly ActorGrant[];
  /** Whom people may sign in as. */
  profiles?: Profile[];
  onOpenNode: (id: string) => void;
  /** Called at the end, done or not, with the item that gets the focus. */
  onDone: (focusId: string | null) => void;
};

/** The dialogs behind the menu of the tree. */
export function TreeDialogs({ task, grants, profiles = [], onOpenNode, onDone }: Props) {
  if (!task) return null;
  const back = task.item?.id ?? null;
  if (task.dialog === "add-node") {
    return <NameDialog parent={task.item} onOpenNode={onOpenNode} onDone={(id) => onDone(id ?? back)} />;
  }
  if (!task.item) return null;
  const { item, path } = task;
  if (task.dialog === "profiles") {
    const offered = profiles.filter(({ nodeIds }) => nodeIds === null || nodeIds.some((id) => path.includes(id)));
    return <ProfilesDialog node={item} profiles={offered} onDone={() => onDone(back)} />;
  }
  if (task.dialog === "rename")
    return <NameDialog renamed={item} onOpenNode={onOpenNode} onDone={() => onDone(back)} />;
  if (task.dialog === "move") {
    return <MoveDialog item={item} path={path} grants={grants} onOpenNode={onOpenNode} onDone={() => onDone(back)} />;
  }
  return <DeleteDialog item={item} path={path} onDone={onDone} />;
}

const texts = {
  node: "A node can be deleted when nothing stands on it or under it, and nobody has a role for it.",
  transport: "A transport can be deleted when no trigger uses it.",
  trigger: "It can't be run any more, neither here nor by a schedule. Its runs so far stay on record.",
};

type DeleteProps = { item: TreeItem; path: string[]; onDone: Props["onDone"] };

function DeleteDialog({ item, path, onDone }: DeleteProps) {
  const router = useRouter();
  const here = usePathname();
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  // What is in the way is told before anyone tries; when that can't be read, the refusal tells it.
  const [uses, setUses] = useState<{ usedBy: object[]; count: number | null } | null>(null);
  useEffect(() => {
    let isCurrent = true;
    callAction(readUses, { kind: item.kind, id: item.id }).then((result) => {
      if (isCurrent && result.ok) setUses(result.value);
    });
    return () => {
      isCurrent = false;
    };
  }, [item.kind, item.id]);
  const isUsed = uses !== null && (uses.count ?? uses.usedBy.length) > 0;
  const parentId = item.kind === "node" ? path.at(-2) : path.at(-1);

  const confirm = async () => {
    setPending(true);
    const page = `/${item.kind}s/${item.id}`;
    const result = await callAction(deleteItem, { kind: item.kind, id: item.id });
    setPending(false);
    if (!result.ok) return setError(result.error);
    notifications.show({ message: `Deleted ${item.name}.` });
    if (here === page || here.startsWith(`${page}/`)) router.push(parentId ? `/nodes/${parentId}` : "/");
    onDone(parentId ?? null);
  };
  return (
    <ConfirmDialog
      opened
      title={`Delete the ${item.kind} “${item.name}”?`}
      confirmLabel="Delete"
      irreversible
      pending={pending}
      error={error}
      blocked={isUsed || error?.code === "in_use"}
      onConfirm={confirm}
      onClose={() => onDone(item.id)}
    >
      {isUsed && !error && (
        <div role="alert">
          <p className="m-0 mb-2">
            It can't be deleted now. Move or delete these first, or give triggers another transport:
          </p>
          <UsedBy details={{ usedBy: uses.usedBy }} />
        </div>
      )}
      {error ? <UsedBy details={error.details} /> : !isUsed && texts[item.kind]}
    </ConfirmDialog>
  );
}
