"use client";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import type { ActionResult } from "#lib/web/action-result.ts";

/** A step of a rotation that a dialog asks about first: which one is asked about, how it goes, and why it was refused. */
export function useRotationStep<S extends string>() {
  const router = useRouter();
  const [asked, setAsked] = useState<S | null>(null);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();

  const ask = (step: S | null) => {
    // What was refused was most likely done, or changed, by somebody else: the page shows that.
    if (error) router.refresh();
    setError(null);
    setAsked(step);
  };
  /** Does it, says so, and reads the page anew. */
  const take = <T>(action: (input: unknown) => Promise<ActionResult<T>>, input: unknown, say: (value: T) => string) =>
    startTransition(async () => {
      setError(null);
      const answer = await callAction(action, input);
      if (!answer.ok) return setError(answer.error);
      setAsked(null);
      notifications.show({ message: say(answer.value) });
      router.refresh();
    });
  return { asked, ask, error, isPending, take };
}
