"use client";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import type { TransportDetail, TransportUse } from "#lib/transports/model.ts";
import { removeTransport } from "../../actions.ts";

const shown = 20;

/** Delete and Edit. Deleting is only possible while no trigger uses the transport. */
export function TransportActions({ transport }: { transport: TransportDetail }) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const { id, name } = transport;
  // Someone gave it to a trigger since the page was read: the refusal says which.
  const uses = (error?.details.usedBy as TransportUse[] | undefined) ?? transport.usedBy;

  const remove = () =>
    startTransition(async () => {
      setError(null);
      const answer = await removeTransport({ id });
      if (!answer.ok) return setError(answer.error);
      notifications.show({ message: `“${name}” is deleted.`, color: "green" });
      router.push("/transports");
    });

  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setOpen(true)}>
        Delete
      </Button>
      <LinkButton href={`/transports/${id}/edit`} leftSection={<IconPencil size={16} aria-hidden />}>
        Edit
      </LinkButton>
      <ConfirmDialog
        opened={isOpen}
        title={`Delete the transport “${name}”?`}
        confirmLabel="Delete"
        irreversible
        pending={isPending}
        error={error}
        blocked={uses.length > 0}
        onConfirm={remove}
        onClose={() => {
          setOpen(false);
          setError(null);
        }}
      >
        {uses.length === 0 ? (
          <p className="m-0">No trigger uses it. Its runs stay in the list of runs.</p>
        ) : (
          <>
            <p className="m-0">
              It can't be deleted now: {uses.length === 1 ? "1 trigger uses it" : `${uses.length} triggers use it`}.
              Give {uses.length === 1 ? "it" : "them"} another transport first.
            </p>
            <ul className="m-0 mt-2 pl-5">
              {uses.slice(0, shown).map((use) => (
                <li key={use.id}>
                  <Link className="link" href={`/triggers/${use.id}`}>
                    {use.name}
                  </Link>
                </li>
              ))}
              {uses.length > shown && <li>and {uses.length - shown} more</li>}
            </ul>
          </>
        )}
      </ConfirmDialog>
    </>
  );
}
