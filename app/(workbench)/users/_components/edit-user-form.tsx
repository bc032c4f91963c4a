"use client";
import { Button, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Controller, useForm } from "react-hook-form";
import { RoleList } from "#app/_shared/accounts/role-list.tsx";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { applyFieldErrors } from "#app/_ui/apply-field-errors.ts";
import { Card } from "#app/_ui/card.tsx";
import { FormActions } from "#app/_ui/form-actions.tsx";
import { FormFrame } from "#app/_ui/form-frame.tsx";
import { UnsavedChangesGuard } from "#app/_ui/unsaved-changes-guard.tsx";
import { type UserDetail, userFields } from "#lib/access/accounts/definition.ts";
import { labelsOf } from "#lib/platform/definitions/field.ts";
import { saveUser } from "../actions.ts";
import { roleErrors } from "./role-errors.ts";
import { RolesField } from "./roles-field.tsx";

const labels = labelsOf(userFields);

const toFields = ({ displayName, roles }: UserDetail) => ({ displayName, roles });

/** Name and roles of a user. A save over somebody else's is refused and shows what is saved now. */
export function EditUserForm({ user }: { user: UserDetail }) {
  const router = useRouter();
  const [base, setBase] = useState(user);
  const [error, setError] = useState<ShownError | null>(null);
  const form = useForm({ defaultValues: toFields(user) });
  const { errors, isDirty, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async ({ displayName, roles }) => {
    setError(null);
    const grants = roles.map(({ role, nodeId }) => ({ role, nodeId }));
    const result = await saveUser({ id: user.id, version: base.version, displayName, roles: grants });
    if (!result.ok) {
      if (!applyFieldErrors(form.setError, result.error)) setError(result.error);
      return;
    }
    form.reset(toFields(result.value));
    setBase(result.value);
    notifications.show({ message: `Saved ${user.username}.`, color: "green" });
    router.refresh();
  });

  const current = error?.code === "stale_version" ? (error.details.current as UserDetail) : null;
  const goOn = (keepMine: boolean) => {
    if (!current) return;
    setBase(current);
    setError(null);
    if (!keepMine) form.reset(toFields(current));
  };

  return (
    <Card title="Name and roles">
      <FormFrame onSubmit={submit} className="grid gap-4">
        <UnsavedChangesGuard dirty={isDirty && !isSubmitting} />
        <ActionErrorAlert error={error}>
          {current && (
            <div className="mt-2 grid gap-2">
              <div>
                Saved now: {current.displayName || "no name"}
                <RoleList roles={current.roles} />
              </div>
              <div className="flex flex-wrap gap-2">
                <Button size="compact-sm" variant="default" onClick={() => goOn(false)}>
                  Take what is saved
                </Button>
                <Button size="compact-sm" variant="default" onClick={() => goOn(true)}>
                  Keep my changes
                </Button>
              </div>
            </div>
          )}
        </ActionErrorAlert>
        <TextInput
          label={labels.displayName}
          autoComplete="off"
          {...form.register("displayName")}
          error={errors.displayName?.message}
        />
        <Controller
          control={form.control}
          name="roles"
          render={({ field }) => (
            <RolesField value={field.value} onChange={field.onChange} errors={roleErrors(errors.roles)} />
          )}
        />
        <FormActions pending={isSubmitting} cancelHref="/users" />
      </FormFrame>
    </Card>
  );
}
