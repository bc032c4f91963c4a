"use client";
import { useRouter } from "next/navigation";
import { startTransition, useState } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import type { CheckResult } from "#lib/delivery/connection-check/check-credential.ts";
import { checkNow } from "../actions.ts";

export type Check = {
  isRunning: boolean;
  /** What was checked. */
  subject: { id: string; name: string } | null;
  result: CheckResult | null;
  error: ShownError | null;
  run: (id: string, name: string) => Promise<void>;
};

/** Checks a credential and keeps how it went; the page's own data are read anew then. */
export function useCheck(): Check {
  const router = useRouter();
  const [state, setState] = useState<Omit<Check, "run">>({
    isRunning: false,
    subject: null,
    result: null,
    error: null,
  });
  const run = async (id: string, name: string) => {
    setState({ isRunning: true, subject: { id, name }, result: null, error: null });
    const answer = await callAction(checkNow, { id });
    // In one transition, so that the result and the status on the rest of the page appear together.
    startTransition(() => {
      setState({
        isRunning: false,
        subject: { id, name },
        result: answer.ok ? answer.value : null,
        error: answer.ok ? null : answer.error,
      });
      router.refresh();
    });
  };
  return { ...state, run };
}
