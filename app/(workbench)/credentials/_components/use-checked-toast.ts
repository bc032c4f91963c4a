"use client";
import { notifications } from "@mantine/notifications";
import { useEffect, useRef } from "react";
import { credentialStatusWords } from "#app/_ui/status-badge.tsx";
import type { CredentialSummary } from "#lib/oauth/credentials/model.ts";

/** Shows a toast with the result when the check of a saved credential ends. */
export function useCheckedToast(
  { name, status }: Pick<CredentialSummary, "name" | "status">,
  isChecking: boolean,
): void {
  const wasChecking = useRef(isChecking);
  useEffect(() => {
    const isOver = wasChecking.current && !isChecking;
    wasChecking.current = isChecking;
    if (!isOver || status === "disabled") return;
    const color = status === "active" ? "green" : status === "action_needed" ? "red" : "yellow";
    notifications.show({ message: `${name}: ${credentialStatusWords[status]}`, color });
  }, [isChecking, name, status]);
}
