"use client";
import { Button } from "@mantine/core";
import { PauseIcon, PlayIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import type { TriggerEvent } from "#lib/delivery/triggers/definition.ts";
import { saveTrigger } from "../../actions.ts";

type Props = { id: string; version: number; event: Extract<TriggerEvent, { kind: "schedule" }> };

/** Pauses a schedule, or lets it go on with its next time from now. */
export function PauseButton({ id, version, event }: Props) {
  const router = useRouter();
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const toggle = () =>
    startTransition(async () => {
      const update = { version, event: { ...event, paused: !event.paused } };
      const answer = await callAction(saveTrigger, { id, update });
      setError(answer.ok ? null : answer.error);
      router.refresh();
    });
  const Icon = event.paused ? PlayIcon : PauseIcon;
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<Icon size={16} aria-hidden />}
        loading={isPending}
        onClick={toggle}
      >
        {event.paused ? "Resume schedule" : "Pause schedule"}
      </Button>
      <ActionErrorAlert error={error} />
    </>
  );
}
