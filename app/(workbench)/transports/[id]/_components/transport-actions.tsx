"use client";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { PencilIcon, Trash2Icon } from "lucide-react";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useState, useTransition } from "react";
import { NextRun, TouchedTriggerList } from "#app/_shared/transports/touched-triggers.tsx";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import type { TouchedTriggers, TransportDetail } from "#lib/delivery/transports/model.ts";
import { readTouchedTriggers, removeTransport } from "../../actions.ts";

/** Delete and Edit. Deleting is only possible while no trigger uses the transport. */
export function TransportActions({ transport }: { transport: TransportDetail }) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const { id, name } = transport;
  const [touched, setTouched] = useState<TouchedTriggers | null>(null);
  const read = useCallback(async () => {
    const answer = await callAction(readTouchedTriggers, { id });
    if (answer.ok) setTouched(answer.value);
    else setError(answer.error);
  }, [id]);
  useEffect(() => {
    if (isOpen) read();
  }, [isOpen, read]);
  const count = touched?.count ?? transport.usedBy.length + transport.usedElsewhere;

  const remove = () =>
    startTransition(async () => {
      setError(null);
      const answer = await removeTransport({ id });
      // Someone gave it to a trigger since the dialog opened: the list says which.
      if (!answer.ok) return answer.error.code === "in_use" ? await read() : setError(answer.error);
      notifications.show({ message: `“${name}” is deleted.`, color: "green" });
      router.push("/transports");
    });

  return (
    <>
      <Button variant="default" leftSection={<Trash2Icon size={16} aria-hidden />} onClick={() => setOpen(true)}>
        Delete
      </Button>
      <LinkButton href={`/transports/${id}/edit`} leftSection={<PencilIcon size={16} aria-hidden />}>
        Edit
      </LinkButton>
      <ConfirmDialog
        opened={isOpen}
        title={`Delete the transport “${name}”?`}
        confirmLabel="Delete"
        irreversible
        pending={isPending}
        error={error}
        blocked={count > 0}
        onConfirm={remove}
        onClose={() => {
          setOpen(false);
          setError(null);
        }}
      >
        {count === 0 ? (
          <p className="m-0">No trigger uses it. Its runs stay in the list of runs.</p>
        ) : (
          <div className="grid gap-2" role="alert">
            <p className="m-0">
              It can't be deleted now: {count === 1 ? "1 trigger uses it" : `${count} triggers use it`}. Give{" "}
              {count === 1 ? "it" : "them"} another transport first.
            </p>
            {touched && (
              <>
                <NextRun triggers={touched.triggers} />
                <TouchedTriggerList triggers={touched.triggers} rest={count - touched.triggers.length} />
              </>
            )}
          </div>
        )}
      </ConfirmDialog>
    </>
  );
}
