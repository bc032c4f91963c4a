"use client";
import { notifications } from "@mantine/notifications";
import { XIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { ConfirmButton } from "#app/_ui/confirm-button.tsx";
import { cancelQueuedRun } from "../../actions.ts";

type Props = { id: string; triggerName: string; isHeld: boolean };

/** Takes a run out of the queue, or one that is held, after asking. */
export function CancelRun({ id, triggerName, isHeld }: Props) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Cancel run"
      button={{ leftSection: <XIcon size={16} aria-hidden /> }}
      title={`Cancel this run of “${triggerName}”?`}
      confirmLabel="Cancel run"
      irreversible
      action={cancelQueuedRun}
      input={{ id }}
      onDone={() => {
        notifications.show({ message: "The run is cancelled.", color: "green" });
        router.refresh();
      }}
      // A worker might have started it; the refreshed page shows its status.
      onRefused={() => router.refresh()}
    >
      <p className="m-0">
        {isHeld
          ? "It ends as failed and isn't retried when its credential works."
          : "It leaves the queue and ends as failed. Nothing is sent."}
      </p>
    </ConfirmButton>
  );
}
