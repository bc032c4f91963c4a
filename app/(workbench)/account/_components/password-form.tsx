"use client";
import { zodResolver } from "@hookform/resolvers/zod";
import { PasswordInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { applyFieldErrors } from "#app/_ui/apply-field-errors.ts";
import { Card } from "#app/_ui/card.tsx";
import { FormActions } from "#app/_ui/form-actions.tsx";
import { FormFrame } from "#app/_ui/form-frame.tsx";
import { minPasswordLength } from "#lib/access/accounts/password-rules.ts";
import { ownPasswordForm } from "#lib/access/accounts/schema.ts";
import { changeMyPassword } from "../actions.ts";

const defaultValues = { currentPassword: "", newPassword: "", repeated: "" };
const toggle = (label: string) => ({ "aria-label": `Show or hide the ${label}` });

/** Changes one's own password. When it must be changed, the workbench opens afterwards. */
export function PasswordForm({ username, mustChange }: { username: string; mustChange: boolean }) {
  const router = useRouter();
  const form = useForm({ resolver: zodResolver(ownPasswordForm), defaultValues });
  const [error, setError] = useState<ShownError | null>(null);
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async ({ currentPassword, newPassword }) => {
    setError(null);
    const result = await changeMyPassword({ currentPassword, newPassword });
    if (!result.ok) {
      if (!applyFieldErrors(form.setError, result.error)) setError(result.error);
      return;
    }
    form.reset(defaultValues);
    const others = result.value.sessionsEnded;
    const ended = others === 1 ? " Your other session has ended." : ` Your ${others} other sessions have ended.`;
    notifications.show({ message: `Changed your password.${others > 0 ? ended : ""}`, color: "green" });
    if (mustChange) router.push("/");
    router.refresh();
  });

  return (
    <Card title="Password" description="Changing it ends your other sessions.">
      <FormFrame onSubmit={submit} className="grid max-w-md gap-4">
        <ActionErrorAlert error={error} />
        {/* For password managers, which otherwise don't know whose password this is. */}
        <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          {...form.register("currentPassword")}
          error={errors.currentPassword?.message}
          visibilityToggleButtonProps={toggle("current password")}
        />
        <PasswordInput
          label="New password"
          description={`At least ${minPasswordLength} characters, and not your username.`}
          autoComplete="new-password"
          {...form.register("newPassword")}
          error={errors.newPassword?.message}
          visibilityToggleButtonProps={toggle("new password")}
        />
        <PasswordInput
          label="New password again"
          autoComplete="new-password"
          {...form.register("repeated")}
          error={errors.repeated?.message}
          visibilityToggleButtonProps={toggle("repeated password")}
        />
        <FormActions pending={isSubmitting} saveLabel="Change password" pendingLabel="Changing…" />
      </FormFrame>
    </Card>
  );
}
