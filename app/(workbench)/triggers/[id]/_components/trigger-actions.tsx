"use client";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { PencilIcon, PlayIcon, Trash2Icon } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import type { TriggerDetail } from "#lib/delivery/triggers/model.ts";
import { removeTrigger } from "../../actions.ts";

type Props = { trigger: TriggerDetail; mayWrite: boolean; mayRun: boolean };

/** Delete, Edit and Run, as far as they are allowed. */
export function TriggerActions({ trigger, mayWrite, mayRun }: Props) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const { id, name } = trigger;

  const remove = () =>
    startTransition(async () => {
      setError(null);
      const answer = await removeTrigger({ id });
      if (!answer.ok) return setError(answer.error);
      notifications.show({ message: `“${name}” is deleted.`, color: "green" });
      router.push("/triggers");
    });

  return (
    <>
      {mayWrite && (
        <>
          <Button variant="default" leftSection={<Trash2Icon size={16} aria-hidden />} onClick={() => setOpen(true)}>
            Delete
          </Button>
          <LinkButton
            href={`/triggers/${id}/edit`}
            variant="default"
            leftSection={<PencilIcon size={16} aria-hidden />}
          >
            Edit
          </LinkButton>
        </>
      )}
      {mayRun && trigger.enabled && (
        <LinkButton href={`/triggers/${id}/run`} leftSection={<PlayIcon size={16} aria-hidden />}>
          Run
        </LinkButton>
      )}
      <ConfirmDialog
        opened={isOpen}
        title={`Delete the trigger “${name}”?`}
        confirmLabel="Delete"
        irreversible
        pending={isPending}
        error={error}
        onConfirm={remove}
        onClose={() => {
          setOpen(false);
          setError(null);
        }}
      >
        <p className="m-0">
          Programs that run it over the REST API will be told that it is gone. The transport {trigger.transportName} and
          the runs so far stay.
        </p>
      </ConfirmDialog>
    </>
  );
}
