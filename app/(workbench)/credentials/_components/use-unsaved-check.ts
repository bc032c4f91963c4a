"use client";
import { useState } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import type { CheckResult } from "#lib/delivery/connection-check/check-credential.ts";
import { checkUnsaved } from "../actions.ts";
import type { Remarks } from "./remarks.ts";

export type UnsavedCheck = {
  isRunning: boolean;
  /** Of the values as they were then. */
  result: CheckResult | null;
  /** Why a field is likely wrong, by its name; null while nothing was checked. */
  remarks: Remarks | null;
  run: () => Promise<void>;
};

/**
 * Checks what the form holds, without saving it.
 * @param describeDraft the values as they would be sent. @param showError puts what can't be checked at its fields.
 */
export function useUnsavedCheck(
  describeDraft: () => unknown,
  showError: (error: ShownError | null) => void,
): UnsavedCheck {
  const [state, setState] = useState<{ isRunning: boolean; result: CheckResult | null }>({
    isRunning: false,
    result: null,
  });
  const run = async () => {
    if (state.isRunning) return;
    showError(null);
    setState({ isRunning: true, result: null });
    const answer = await checkUnsaved(describeDraft());
    setState({ isRunning: false, result: answer.ok ? answer.value : null });
    if (!answer.ok) showError(answer.error);
  };
  return { ...state, remarks: state.result && remarksOf(state.result), run };
}

/** The hints of the steps that failed, and of those that passed with something to mind, at their fields. */
function remarksOf({ steps }: CheckResult): Remarks {
  const told = steps.filter(({ field, hint }) => field !== null && hint !== null);
  // What failed has the last word at a field.
  const sorted = told.toSorted((a, b) => Number(a.verdict === "fail") - Number(b.verdict === "fail"));
  return Object.fromEntries(
    sorted.map(({ field, hint, verdict, detail }) => [
      field,
      `Check: ${verdict === "fail" ? `${detail} ` : ""}${hint}`,
    ]),
  );
}
