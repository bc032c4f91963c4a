"use client";
import { Switch } from "@mantine/core";
import { useState, useTransition } from "react";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import { nodeFields } from "#lib/access/nodes/definition.ts";
import { factsOf } from "#lib/platform/definitions/field.ts";
import { setListed } from "../actions.ts";

/** Whether a node is shown before anyone has signed in. */
export function ListedSwitch({ node }: { node: { id: string; version: number; listed: boolean } }) {
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const change = (listed: boolean) =>
    startTransition(async () => {
      setError(null);
      const result = await callAction(setListed, { id: node.id, version: node.version, listed });
      if (!result.ok) setError(result.error);
    });
  return (
    <>
      <ActionErrorAlert error={error} />
      <Switch
        label={factsOf(nodeFields.listed).label}
        description="Anybody who opens the workbench sees its name, and may choose User External Credentials on it."
        checked={node.listed}
        disabled={isPending}
        onChange={(event) => change(event.currentTarget.checked)}
      />
    </>
  );
}
