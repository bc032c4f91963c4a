"use client";
import { notifications } from "@mantine/notifications";
import { useState, useTransition } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { removeCredential } from "../actions.ts";
import { BlastRadius, sayBlastRadius } from "./blast-radius.tsx";
import { useBlastRadius } from "./use-blast-radius.ts";

type Props = {
  credential: { id: string; name: string };
  opened: boolean;
  onClose: () => void;
  onDeleted: () => void;
};

/**
 * Asks before a credential is deleted, tells what depends on it, and lets it be deleted only when no transport uses it; these can be
 * given another one right here.
 */
export function DeleteDialog({ credential, opened, onClose, onDeleted }: Props) {
  const { radius, error: unread, read } = useBlastRadius(credential.id, opened);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const { id, name } = credential;
  const isUsed = radius !== null && radius.counts.transports > 0;

  const close = () => {
    setError(null);
    onClose();
  };
  const remove = () =>
    startTransition(async () => {
      setError(null);
      const answer = await removeCredential({ id });
      if (answer.ok) {
        notifications.show({ message: `“${name}” is deleted.`, color: "green" });
        onDeleted();
        return;
      }
      // Someone gave it to a transport since the dialog opened: the list says which.
      if (answer.error.code === "in_use") await read();
      else setError(answer.error);
    });

  return (
    <ConfirmDialog
      opened={opened}
      title={`Delete the credential “${name}”?`}
      confirmLabel="Delete"
      irreversible
      pending={isPending}
      error={error}
      blocked={radius === null || isUsed}
      onConfirm={remove}
      onClose={close}
    >
      {radius && (
        <div role={isUsed ? "alert" : undefined}>
          <p className={`m-0 ${isUsed ? "mb-3" : ""}`}>
            {isUsed ? "It can't be deleted now: " : ""}
            {sayBlastRadius(radius)}{" "}
            {isUsed
              ? "Give the transports another credential first."
              : "Its secret, its tokens and its event log go with it."}
          </p>
        </div>
      )}
      <BlastRadius credential={credential} radius={radius} error={unread} onReassigned={read} />
    </ConfirmDialog>
  );
}
