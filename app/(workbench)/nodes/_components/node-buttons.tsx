"use client";
import { Button } from "@mantine/core";
import { FolderPlusIcon, FolderSymlinkIcon, PencilIcon, Trash2Icon } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { TreeItem } from "#lib/access/nodes/branches.ts";
import type { ActorGrant } from "#lib/access/permissions/permissions.ts";
import { TreeDialogs, type TreeTask } from "../../_tree/tree-dialogs.tsx";

type Shown = { id: string; name: string; version: number; path: string[] };

const asItem = ({ id, name, version }: Shown): TreeItem => ({
  kind: "node",
  id,
  name,
  version,
  isContext: false,
  children: null,
});

/** Adds a node under another one, or at the top, and opens its page. */
export function AddNodeButton({ parent, label }: { parent: Shown | null; label: string }) {
  const router = useRouter();
  const [task, setTask] = useState<TreeTask | null>(null);
  const add = () => setTask({ dialog: "add-node", item: parent && asItem(parent), path: parent?.path ?? [] });
  return (
    <>
      <Button leftSection={<FolderPlusIcon size={18} aria-hidden />} onClick={add}>
        {label}
      </Button>
      <TreeDialogs
        task={task}
        grants={[]}
        onOpenNode={() => undefined}
        onDone={(id) => {
          setTask(null);
          if (id && id !== parent?.id) router.push(`/nodes/${id}`);
        }}
      />
    </>
  );
}

type Props = { node: Shown; grants: readonly ActorGrant[]; mayMove: boolean };

/** Rename, move and delete on a node's own page. */
export function NodeButtons({ node, grants, mayMove }: Props) {
  const [task, setTask] = useState<TreeTask | null>(null);
  const start = (dialog: "rename" | "move" | "delete") => setTask({ dialog, item: asItem(node), path: node.path });
  return (
    <>
      <Button variant="default" leftSection={<PencilIcon size={16} aria-hidden />} onClick={() => start("rename")}>
        Rename
      </Button>
      {mayMove && (
        <Button
          variant="default"
          leftSection={<FolderSymlinkIcon size={16} aria-hidden />}
          onClick={() => start("move")}
        >
          Move to…
        </Button>
      )}
      <Button variant="default" leftSection={<Trash2Icon size={16} aria-hidden />} onClick={() => start("delete")}>
        Delete
      </Button>
      <TreeDialogs task={task} grants={grants} onOpenNode={() => undefined} onDone={() => setTask(null)} />
    </>
  );
}
