"use client";
import { Button, type ButtonProps } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { PlayIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import type { ActionResult } from "#lib/web/action.ts";

type Props = {
  id: string;
  label: string;
  /** What is said when it is done. */
  done: string;
  release: (input: unknown) => Promise<ActionResult<unknown>>;
  size?: ButtonProps["size"];
};

/** Lets what is held go on, without waiting for its credential. */
export function ReleaseButton({ id, label, done, release, size = "sm" }: Props) {
  const router = useRouter();
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const go = () =>
    startTransition(async () => {
      const answer = await callAction(release, { id });
      setError(answer.ok ? null : answer.error);
      if (answer.ok) notifications.show({ message: done, color: "green" });
      router.refresh();
    });
  return (
    <>
      <Button
        variant="default"
        size={size}
        leftSection={<PlayIcon size={16} aria-hidden />}
        loading={isPending}
        onClick={go}
      >
        {label}
      </Button>
      <ActionErrorAlert error={error} />
    </>
  );
}
