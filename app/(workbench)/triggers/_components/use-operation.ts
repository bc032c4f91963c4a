"use client";
import { useEffect, useState } from "react";
import { callAction } from "#app/_ui/call-action.ts";
import type { OperationDescription } from "#lib/delivery/soap/model.ts";
import type { ActionError } from "#lib/web/action-result.ts";
import { describeOperation } from "../actions.ts";

type Answer = { description: OperationDescription | null; error: ActionError | null };

/** The operation that is picked, asked for once each; null while it isn't known. */
export function useOperation(transportId: string, operation: string, isOffered: boolean) {
  const [known, setKnown] = useState<Record<string, Answer>>({});
  const key = JSON.stringify([transportId, operation]);
  const answer = isOffered ? known[key] : undefined;
  const isMissing = isOffered && !answer;
  useEffect(() => {
    if (!isMissing) return;
    let isCurrent = true;
    const [id, name] = JSON.parse(key) as [string, string];
    void callAction(describeOperation, { id, operation: name }).then((result) => {
      if (!isCurrent) return;
      const found = result.ok ? { description: result.value, error: null } : { description: null, error: result.error };
      setKnown((before) => ({ ...before, [key]: found }));
    });
    return () => {
      isCurrent = false;
    };
  }, [key, isMissing]);
  return { description: answer?.description ?? null, error: answer?.error ?? null, isLoading: isMissing };
}
