"use client";
import { Button, Modal, PasswordInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { applyFieldErrors } from "#app/_ui/apply-field-errors.ts";
import { callAction } from "#app/_ui/call-action.ts";
import type { ActionResult } from "#lib/web/action-result.ts";

type Props<T> = {
  opened: boolean;
  title: string;
  children: ReactNode;
  confirmLabel: string;
  action: (input: unknown) => Promise<ActionResult<T>>;
  onDone: (value: T) => void;
  onClose: () => void;
};

/** Asks for the password once more, then does it. */
export function PasswordGate<T>({ opened, title, children, confirmLabel, action, onDone, onClose }: Props<T>) {
  const form = useForm({ defaultValues: { currentPassword: "" } });
  const [error, setError] = useState<ShownError | null>(null);
  const { errors, isSubmitting } = form.formState;
  const close = () => {
    form.reset();
    setError(null);
    onClose();
  };
  const submit = form.handleSubmit(async (fields) => {
    setError(null);
    const result = await callAction(action, fields);
    if (result.ok) {
      form.reset();
      onDone(result.value);
    } else if (!applyFieldErrors(form.setError, result.error)) setError(result.error);
  });
  return (
    <Modal
      opened={opened}
      onClose={() => !isSubmitting && close()}
      title={title}
      closeButtonProps={{ "aria-label": "Close" }}
      centered
    >
      <form onSubmit={submit} noValidate className="grid gap-3">
        <div>{children}</div>
        <ActionErrorAlert error={error} />
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          data-autofocus
          {...form.register("currentPassword")}
          error={errors.currentPassword?.message}
          visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }}
        />
        <div className="mt-2 flex flex-wrap justify-end gap-2">
          <Button variant="default" onClick={close} disabled={isSubmitting}>
            Cancel
          </Button>
          <Button type="submit" loading={isSubmitting}>
            {confirmLabel}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
