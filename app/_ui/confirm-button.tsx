"use client";
import { Button, type ButtonProps } from "@mantine/core";
import { type ComponentProps, useState, useTransition } from "react";
import type { ActionResult } from "#lib/web/action-result.ts";
import type { ShownError } from "./action-error.tsx";
import { callAction } from "./call-action.ts";
import { ConfirmDialog } from "./confirm-dialog.tsx";

type Props<I, T> = Pick<
  ComponentProps<typeof ConfirmDialog>,
  "title" | "children" | "confirmLabel" | "irreversible"
> & {
  label: string;
  button?: ButtonProps & { "aria-label"?: string };
  /** A server action, with what it receives. */
  action: (input: I) => Promise<ActionResult<T>>;
  input: I;
  onDone: (value: T) => void;
  /** Called when the action is refused; the dialog shows why. */
  onRefused?: () => void;
};

/** A button that asks before it does something. */
export function ConfirmButton<I, T>({ label, button, action, input, onDone, onRefused, ...dialog }: Props<I, T>) {
  const [isOpen, setOpen] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const close = () => {
    setOpen(false);
    setError(null);
  };
  const confirm = () =>
    startTransition(async () => {
      setError(null);
      const result = await callAction(action, input);
      if (result.ok) {
        close();
        return onDone(result.value);
      }
      setError(result.error);
      onRefused?.();
    });
  return (
    <>
      <Button variant="default" {...button} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <ConfirmDialog
        {...dialog}
        opened={isOpen}
        pending={isPending}
        error={error}
        onConfirm={confirm}
        onClose={close}
      />
    </>
  );
}
