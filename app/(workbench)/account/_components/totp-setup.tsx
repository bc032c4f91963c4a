"use client";
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { applyFieldErrors } from "#app/_ui/apply-field-errors.ts";
import { callAction } from "#app/_ui/call-action.ts";
import { CopyButton } from "#app/_ui/copy-button.tsx";
import { confirmMyTotp } from "../actions.ts";
import { QrCode } from "./qr-code.tsx";

type Props = {
  setup: { secret: string; uri: string };
  onDone: (recoveryCodes: string[]) => void;
  onCancel: () => void;
};

/** The QR code to scan, and the first code from the app, which shows that it was. */
export function TotpSetup({ setup, onDone, onCancel }: Props) {
  const form = useForm({ defaultValues: { code: "" } });
  const [error, setError] = useState<ShownError | null>(null);
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (fields) => {
    setError(null);
    const result = await callAction(confirmMyTotp, fields);
    if (result.ok) onDone(result.value.recoveryCodes);
    else if (!applyFieldErrors(form.setError, result.error)) setError(result.error);
  });
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <p className="m-0">
        Scan this with an authenticator app, such as Microsoft Authenticator, Google Authenticator or 1Password.
      </p>
      <QrCode text={setup.uri} label="QR code for the authenticator app" />
      <div>
        <p className="m-0 text-sm text-dimmed">Or type this secret into the app:</p>
        <div className="flex items-center gap-1">
          <code className="wrap-anywhere">{setup.secret.replace(/.{4}(?=.)/g, "$& ")}</code>
          <CopyButton value={setup.secret} label="Copy the secret" />
        </div>
      </div>
      <ActionErrorAlert error={error} />
      <TextInput
        className="max-w-xs"
        label="Code"
        description="The six digits that the app shows now."
        autoComplete="one-time-code"
        inputMode="numeric"
        maxLength={10}
        classNames={{ input: "font-mono" }}
        {...form.register("code")}
        error={errors.code?.message}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" loading={isSubmitting}>
          Confirm
        </Button>
        <Button variant="default" onClick={onCancel} disabled={isSubmitting}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
