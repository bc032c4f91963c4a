"use client";
import { Button } from "@mantine/core";
import { PlayIcon, RepeatIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import type { ActionResult } from "#lib/web/action.ts";

type Props = {
  triggerId: string;
  run: (input: { id: string }) => Promise<ActionResult<{ id: string }>>;
  isAgain?: boolean;
};

/** Runs a trigger without variables and opens the run. */
export function RunButton({ triggerId, run, isAgain = false }: Props) {
  const router = useRouter();
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const start = () =>
    startTransition(async () => {
      const answer = await callAction(run, { id: triggerId });
      if (answer.ok) return router.push(`/runs/${answer.value.id}`);
      // That page offers the sign-in.
      if (answer.error.code === "profile_sign_in_required") return router.push(`/triggers/${triggerId}/run`);
      setError(answer.error);
    });
  const IconOf = isAgain ? RepeatIcon : PlayIcon;
  return (
    <>
      <Button
        leftSection={<IconOf size={16} aria-hidden />}
        loading={isPending}
        loaderProps={{ "aria-hidden": true }}
        onClick={start}
      >
        {isAgain ? "Run again" : "Run"}
      </Button>
      <ActionErrorAlert error={error} />
    </>
  );
}
