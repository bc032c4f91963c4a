"use client";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { XIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { cancelQueuedRun } from "../../actions.ts";

type Props = { id: string; triggerName: string; isHeld: boolean };

/** Takes a run out of the queue, or one that is held, after asking. */
export function CancelRun({ id, triggerName, isHeld }: Props) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const close = () => {
    setOpen(false);
    setError(null);
  };
  const cancel = () =>
    startTransition(async () => {
      const answer = await callAction(cancelQueuedRun, { id });
      // It may have been begun meanwhile: the page shows how it stands.
      router.refresh();
      if (!answer.ok) return setError(answer.error);
      close();
      notifications.show({ message: "The run is cancelled.", color: "green" });
    });
  return (
    <>
      <Button variant="default" leftSection={<XIcon size={16} aria-hidden />} onClick={() => setOpen(true)}>
        Cancel run
      </Button>
      <ConfirmDialog
        opened={isOpen}
        title={`Cancel this run of “${triggerName}”?`}
        confirmLabel="Cancel run"
        irreversible
        pending={isPending}
        error={error}
        onConfirm={cancel}
        onClose={close}
      >
        <p className="m-0">
          {isHeld
            ? "It ends as failed, and is not made again when its credential works."
            : "It is taken out of the queue and ends as failed. Nothing is sent."}
        </p>
      </ConfirmDialog>
    </>
  );
}
