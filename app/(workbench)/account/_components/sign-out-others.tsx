"use client";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { signOutMyOthers } from "../actions.ts";

/** Ends all of one's own sessions but the one in use. */
export function SignOutOthers({ count }: { count: number }) {
  const router = useRouter();
  const [opened, setOpened] = useState(false);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const confirm = async () => {
    setPending(true);
    const result = await signOutMyOthers({});
    setPending(false);
    if (!result.ok) return setError(result.error);
    setOpened(false);
    const ended = result.value === 1 ? "1 session has" : `${result.value} sessions have`;
    notifications.show({ message: `${ended} ended.`, color: "green" });
    router.refresh();
  };
  return (
    <>
      <Button variant="default" disabled={count < 1} onClick={() => setOpened(true)}>
        Sign out everywhere else
      </Button>
      <ConfirmDialog
        opened={opened}
        title="Sign out everywhere else?"
        confirmLabel="Sign out"
        pending={pending}
        error={error}
        onConfirm={confirm}
        onClose={() => setOpened(false)}
      >
        {count === 1 ? "Your other session ends at once." : `Your ${count} other sessions end at once.`} This one stays.
      </ConfirmDialog>
    </>
  );
}
