"use client";
import { useState, useTransition } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { enableCredential } from "../actions.ts";
import { BlastRadius, sayBlastRadius } from "./blast-radius.tsx";
import { useBlastRadius } from "./use-blast-radius.ts";

type Props = {
  credential: { id: string; name: string };
  opened: boolean;
  onClose: () => void;
  /** Called when it is disabled, and when its transports have another credential. */
  onChanged: () => void;
};

/** Asks before a credential is disabled and tells what stops then; its transports can be given another one right here. */
export function DisableDialog({ credential, opened, onClose, onChanged }: Props) {
  const { radius, error: unread, read } = useBlastRadius(credential.id, opened);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const disable = () =>
    startTransition(async () => {
      setError(null);
      const answer = await enableCredential({ id: credential.id, enabled: false });
      if (!answer.ok) return setError(answer.error);
      onClose();
      onChanged();
    });
  const reassigned = async () => {
    await read();
    onChanged();
  };
  return (
    <ConfirmDialog
      opened={opened}
      title={`Disable the credential “${credential.name}”?`}
      confirmLabel="Disable"
      pending={isPending}
      error={error}
      onConfirm={disable}
      onClose={onClose}
    >
      {radius && (
        <p className="m-0 mb-3">
          {sayBlastRadius(radius)} {radius.counts.transports > 0 && "Runs that need it fail from now on. "}
          {radius.counts.sessions > 0 && "Who is signed in with it is signed out. "}Its tokens are dropped. You can
          enable it again.
        </p>
      )}
      <BlastRadius credential={credential} radius={radius} error={unread} onReassigned={reassigned} />
    </ConfirmDialog>
  );
}
