"use client";
import { Button, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { applyFieldErrors } from "#app/_ui/apply-field-errors.ts";
import { FormFrame } from "#app/_ui/form-frame.tsx";
import { UnsavedChangesGuard } from "#app/_ui/unsaved-changes-guard.tsx";
import { userFields } from "#lib/access/accounts/definition.ts";
import { factsOf } from "#lib/platform/definitions/field.ts";
import { renameMe } from "../actions.ts";

/** One's own display name. */
export function NameForm({ displayName }: { displayName: string }) {
  const router = useRouter();
  const form = useForm({ defaultValues: { displayName } });
  const [error, setError] = useState<ShownError | null>(null);
  const { errors, isDirty, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (fields) => {
    setError(null);
    const result = await renameMe(fields);
    if (result.ok) {
      form.reset({ displayName: result.value.displayName });
      notifications.show({ message: "Saved your name.", color: "green" });
      router.refresh();
    } else if (!applyFieldErrors(form.setError, result.error)) setError(result.error);
  });
  return (
    <FormFrame onSubmit={submit} className="mt-4 grid gap-3">
      <UnsavedChangesGuard dirty={isDirty && !isSubmitting} />
      <ActionErrorAlert error={error} />
      <div className="flex flex-wrap items-end gap-2">
        <TextInput
          className="min-w-60 grow"
          label={factsOf(userFields.displayName).label}
          description="Shown beside your username."
          autoComplete="name"
          {...form.register("displayName")}
          error={errors.displayName?.message}
        />
        <Button type="submit" variant="default" loading={isSubmitting} disabled={!isDirty}>
          Save name
        </Button>
      </div>
    </FormFrame>
  );
}
