"use client";
import { Button } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { endOneSession } from "./actions.ts";

/** Ends one session after asking. */
export function RevokeSession({ id, name, isOwn }: { id: string; name: string; isOwn: boolean }) {
  const router = useRouter();
  const [opened, setOpened] = useState(false);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const revoke = async () => {
    setPending(true);
    const result = await endOneSession({ id });
    setPending(false);
    if (!result.ok) return setError(result.error);
    setOpened(false);
    router.refresh();
  };
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={`End the session of ${name}`}
        onClick={() => setOpened(true)}
      >
        End
      </Button>
      <ConfirmDialog
        opened={opened}
        title={`End the session of ${name}?`}
        confirmLabel="End session"
        pending={pending}
        error={error}
        onConfirm={revoke}
        onClose={() => setOpened(false)}
      >
        {isOwn
          ? "This is the session that you use now: you will be signed out."
          : "Whoever uses it is signed out with the next click. Signing in again stays possible."}
      </ConfirmDialog>
    </>
  );
}
