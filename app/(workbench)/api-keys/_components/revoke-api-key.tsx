"use client";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { endApiKey } from "../actions.ts";

/** Revokes an API key after asking. */
export function RevokeApiKey({ id, name }: { id: string; name: string }) {
  const router = useRouter();
  const [opened, setOpened] = useState(false);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const revoke = async () => {
    setPending(true);
    const result = await endApiKey({ id });
    setPending(false);
    if (!result.ok) return setError(result.error);
    setOpened(false);
    notifications.show({ message: `Revoked ${name}.`, color: "green" });
    router.refresh();
  };
  return (
    <>
      <Button size="compact-sm" variant="default" aria-label={`Revoke ${name}`} onClick={() => setOpened(true)}>
        Revoke
      </Button>
      <ConfirmDialog
        opened={opened}
        title={`Revoke the API key ${name}?`}
        confirmLabel="Revoke"
        irreversible
        pending={pending}
        error={error}
        onConfirm={revoke}
        onClose={() => setOpened(false)}
      >
        {name === "Environment"
          ? "It comes back at the next start while SALLYPORT_API_KEY is set. Programs that use it are refused within 2 seconds."
          : "Programs that use it are refused within 2 seconds."}
      </ConfirmDialog>
    </>
  );
}
