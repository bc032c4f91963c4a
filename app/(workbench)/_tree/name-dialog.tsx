"use client";
import { zodResolver } from "@hookform/resolvers/zod";
import { Modal, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { applyFieldErrors } from "#app/_ui/apply-field-errors.ts";
import { callAction } from "#app/_ui/call-action.ts";
import { FormActions } from "#app/_ui/form-actions.tsx";
import type { TreeItem } from "#lib/access/nodes/branches.ts";
import { nodeInput } from "#lib/access/nodes/schema.ts";
import { addNode, renameItem } from "./actions.ts";

const schema = z.object({ name: nodeInput.shape.name });

type Props = {
  /** The item that gets another name; without it a node is added. */
  renamed?: TreeItem;
  /** Where a node is added; null = at the top. */
  parent?: TreeItem | null;
  onOpenNode: (id: string) => void;
  /** Called at the end with the id of the new node, null when there is none. */
  onDone: (id: string | null) => void;
};

/** Asks for a name: of a new node, or another one for something. */
export function NameDialog({ renamed, parent = null, onOpenNode, onDone }: Props) {
  const [error, setError] = useState<ShownError | null>(null);
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { name: renamed?.name ?? "" } });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async ({ name }) => {
    setError(null);
    // Open before it is made, so that the server's answer already has the branch with the new node.
    if (parent) onOpenNode(parent.id);
    const result = renamed
      ? await callAction(renameItem, { kind: renamed.kind, id: renamed.id, version: renamed.version, name })
      : await callAction(addNode, { name, parentId: parent?.id ?? null });
    if (result.ok) {
      notifications.show({ message: renamed ? `Renamed to ${name}.` : `Added ${name}.` });
      return onDone(result.value?.id ?? null);
    }
    if (!applyFieldErrors(form.setError, result.error)) setError(result.error);
  });
  const title = renamed ? `Rename “${renamed.name}”` : parent ? `New node in “${parent.name}”` : "New node at the top";
  const close = () => !isSubmitting && onDone(null);
  return (
    <Modal opened onClose={close} title={title} closeButtonProps={{ "aria-label": "Close" }} returnFocus={false}>
      <form onSubmit={submit} noValidate>
        <ActionErrorAlert error={error} />
        <TextInput
          label="Name"
          required
          data-autofocus
          autoComplete="off"
          maxLength={100}
          {...form.register("name")}
          error={errors.name?.message}
        />
        <FormActions pending={isSubmitting} saveLabel={renamed ? "Rename" : "Add node"} onCancel={close} />
      </form>
    </Modal>
  );
}
