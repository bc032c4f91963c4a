"use client";
import { Loader } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import Link from "next/link";
import { useEffect, useState, useTransition } from "react";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import type { CredentialUse } from "#lib/credentials/model.ts";
import { readUses, removeCredential } from "../actions.ts";

type Props = {
  credential: { id: string; name: string };
  opened: boolean;
  onClose: () => void;
  onDeleted: () => void;
};

/** Asks before a credential is deleted, tells what uses it, and lets it be deleted only when nothing does. */
export function DeleteDialog({ credential, opened, onClose, onDeleted }: Props) {
  const [uses, setUses] = useState<CredentialUse[] | null>(null);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const { id, name } = credential;

  useEffect(() => {
    if (!opened) return;
    setUses(null);
    setError(null);
    let isCurrent = true;
    readUses({ id }).then((answer) => {
      if (!isCurrent) return;
      if (answer.ok) setUses(answer.value);
      else setError(answer.error);
    });
    return () => {
      isCurrent = false;
    };
  }, [opened, id]);

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
      const found = answer.error.details.usedBy as CredentialUse[] | undefined;
      if (found) setUses(found);
      else setError(answer.error);
    });

  return (
    <ConfirmDialog
      opened={opened}
      title={`Delete the credential “${name}”?`}
      confirmLabel="Delete"
      irreversible
      pending={isPending}
      blocked={uses === null || uses.length > 0}
      onConfirm={remove}
      onClose={onClose}
    >
      {uses === null && !error && (
        <p className="m-0 flex items-center gap-2" role="status">
          <Loader size="xs" aria-hidden /> Looking for what uses it…
        </p>
      )}
      {uses?.length === 0 && (
        <p className="m-0">No transport uses it. Its secret, its tokens and its event log go with it.</p>
      )}
      {uses && uses.length > 0 && <Uses uses={uses} />}
      <ActionErrorAlert error={error} />
    </ConfirmDialog>
  );
}

const shown = 20;

function Uses({ uses }: { uses: CredentialUse[] }) {
  const count = uses.length === 1 ? "1 transport uses it" : `${uses.length} transports use it`;
  return (
    <div role="alert">
      <p className="m-0">
        It can't be deleted now: {count}. Give {uses.length === 1 ? "it" : "them"} another authorization first.
      </p>
      <ul className="m-0 mt-2 pl-5">
        {uses.slice(0, shown).map((use) => (
          <li key={use.id}>
            <Link className="link underline" href={`/transports/${use.id}`}>
              {use.name}
            </Link>{" "}
            <span className="text-dimmed">on {use.nodeName}</span>
          </li>
        ))}
        {uses.length > shown && <li>and {uses.length - shown} more</li>}
      </ul>
    </div>
  );
}
