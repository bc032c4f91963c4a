"use client";
import { Modal } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type FormEvent, useState } from "react";
import { NodePicker } from "#app/_shared/options/node-picker.tsx";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import { FormActions } from "#app/_ui/form-actions.tsx";
import type { TreeItem } from "#lib/access/nodes/branches.ts";
import { type ActorGrant, isAllowed } from "#lib/access/permissions/permissions.ts";
import { moveItem } from "./actions.ts";

/** No node has this id; it stands for the top of the tree. */
const top = "top";

type Props = {
  item: TreeItem;
  path: string[];
  grants: readonly ActorGrant[];
  onOpenNode: (id: string) => void;
  onDone: () => void;
};

/** Asks where something in the tree goes. */
export function MoveDialog({ item, path, grants, onOpenNode, onDone }: Props) {
  const [place, setPlace] = useState<string | null>(null);
  const [complaint, setComplaint] = useState<string>();
  const [error, setError] = useState<ShownError | null>(null);
  const [pending, setPending] = useState(false);
  const isNode = item.kind === "node";
  const parentId = isNode ? path.at(-2) : path.at(-1);
  const mayTop = isNode && parentId !== undefined && isAllowed(grants, "nodes.write", null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!place) return setComplaint("Pick the node where it goes.");
    setPending(true);
    setError(null);
    setComplaint(undefined);
    if (place !== top) onOpenNode(place);
    const nodeId = place === top ? null : place;
    const result = await callAction(moveItem, { kind: item.kind, id: item.id, version: item.version, nodeId });
    setPending(false);
    if (result.ok) {
      notifications.show({ message: `Moved ${item.name}.` });
      return onDone();
    }
    const atField = result.error.fields[0]?.message;
    if (atField) setComplaint(atField);
    else setError(result.error);
  };
  const close = () => !pending && onDone();
  return (
    <Modal
      opened
      onClose={close}
      title={`Move “${item.name}”`}
      closeButtonProps={{ "aria-label": "Close" }}
      returnFocus={false}
    >
      <form onSubmit={submit} noValidate>
        <ActionErrorAlert error={error} />
        <p className="m-0 mb-3 text-sm text-dimmed">
          {isNode
            ? "What is on it and under it goes along. Roles that people have for the nodes above change with the place."
            : "Who may use it follows from the node that it stands on."}
        </p>
        <NodePicker
          label="Move to"
          required
          action={isNode ? "nodes.write" : `${item.kind}s.write`}
          value={place}
          onChange={setPlace}
          error={complaint}
          extra={mayTop ? [{ value: top, label: "Top of the tree" }] : []}
          isExcluded={(id) => id === item.id || id === parentId}
        />
        <FormActions pending={pending} saveLabel="Move" pendingLabel="Moving…" onCancel={close} />
      </form>
    </Modal>
  );
}
