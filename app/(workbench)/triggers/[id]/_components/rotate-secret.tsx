"use client";
import { Button, NativeSelect } from "@mantine/core";
import { KeyRoundIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { ShownOnceDialog } from "#app/_ui/shown-once.tsx";
import { rotateSecret } from "../../actions.ts";

const overlaps = [
  { value: "24", label: "for 24 hours" },
  { value: "168", label: "for 7 days" },
  { value: "1", label: "for 1 hour" },
  { value: "0", label: "no longer: it counts no more at once" },
];

/** Makes a new signing secret, shown once. */
export function RotateSecret({ id, hasSecret }: { id: string; hasSecret: boolean }) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [hours, setHours] = useState("24");
  const [secret, setSecret] = useState<string | null>(null);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const close = () => {
    setOpen(false);
    setError(null);
  };
  const rotate = () =>
    startTransition(async () => {
      const answer = await callAction(rotateSecret, { id, overlapHours: Number(hours) });
      if (!answer.ok) return setError(answer.error);
      close();
      setSecret(answer.value.secret);
    });
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<KeyRoundIcon size={16} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        New secret
      </Button>
      <ConfirmDialog
        opened={isOpen}
        title="Make a new signing secret?"
        confirmLabel="Make new secret"
        pending={isPending}
        error={error}
        onConfirm={rotate}
        onClose={close}
      >
        <p className="m-0 mb-3">It counts at once and is shown once. Senders must be given it.</p>
        {hasSecret && (
          <NativeSelect
            label="The present secret counts too"
            data={overlaps}
            value={hours}
            onChange={(event) => setHours(event.currentTarget.value)}
          />
        )}
      </ConfirmDialog>
      <ShownOnceDialog
        value={secret}
        title="The new signing secret"
        label="signing secret"
        onClose={() => {
          setSecret(null);
          router.refresh();
        }}
      />
    </>
  );
}
