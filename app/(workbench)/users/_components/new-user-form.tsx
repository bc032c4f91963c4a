"use client";
import { Checkbox, PasswordInput, Radio, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Controller, useForm } from "react-hook-form";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { applyFieldErrors } from "#app/_ui/apply-field-errors.ts";
import { Card } from "#app/_ui/card.tsx";
import { FormActions } from "#app/_ui/form-actions.tsx";
import { FormFrame } from "#app/_ui/form-frame.tsx";
import { ShownOnceDialog } from "#app/_ui/shown-once.tsx";
import { UnsavedChangesGuard } from "#app/_ui/unsaved-changes-guard.tsx";
import { type RoleDetail, userFields } from "#lib/access/accounts/definition.ts";
import { minPasswordLength } from "#lib/access/accounts/password-rules.ts";
import { userInput } from "#lib/access/accounts/schema.ts";
import { labelsOf } from "#lib/platform/definitions/field.ts";
import { blankForm } from "#lib/platform/definitions/form.ts";
import { addUser } from "../actions.ts";
import { roleErrors } from "./role-errors.ts";
import { RolesField } from "./roles-field.tsx";

const labels = labelsOf(userFields);

const defaultValues = {
  ...blankForm(userInput.shape),
  roles: [{ role: "operator", nodeId: null, nodeName: null }] as RoleDetail[],
  passwordFrom: "generated" as "generated" | "given",
  mustChangePassword: true,
};

/** A new local account; a made-up password is shown once before the list of users comes back. */
export function NewUserForm() {
  const router = useRouter();
  const form = useForm({ defaultValues });
  const [error, setError] = useState<ShownError | null>(null);
  const [made, setMade] = useState<{ username: string; password: string } | null>(null);
  const { errors, isDirty, isSubmitting, isSubmitSuccessful } = form.formState;
  const passwordFrom = form.watch("passwordFrom");

  const submit = form.handleSubmit(async ({ passwordFrom: from, password, roles, ...fields }) => {
    setError(null);
    const result = await addUser({
      ...fields,
      roles: roles.map(({ role, nodeId }) => ({ role, nodeId })),
      password: from === "given" ? password : null,
    });
    if (!result.ok) {
      if (!applyFieldErrors(form.setError, result.error)) setError(result.error);
      return;
    }
    const { user, password: told } = result.value;
    if (told === null) router.push(`/users/${user.id}`);
    else setMade({ username: user.username, password: told });
  });

  return (
    <FormFrame onSubmit={submit} className="grid max-w-3xl gap-4">
      <UnsavedChangesGuard dirty={isDirty && !isSubmitting && !isSubmitSuccessful} />
      <ActionErrorAlert error={error} />
      <Card title="Account">
        <div className="grid gap-4">
          <TextInput
            label={labels.username}
            description="What the person signs in with; it stays."
            required
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            {...form.register("username")}
            error={errors.username?.message}
          />
          <TextInput
            label={labels.displayName}
            description="Shown beside the username; may be left empty."
            autoComplete="off"
            {...form.register("displayName")}
            error={errors.displayName?.message}
          />
        </div>
      </Card>
      <Card>
        <Controller
          control={form.control}
          name="roles"
          render={({ field }) => (
            <RolesField value={field.value} onChange={field.onChange} errors={roleErrors(errors.roles)} />
          )}
        />
      </Card>
      <Card title="First password">
        <div className="grid gap-4">
          <Controller
            control={form.control}
            name="passwordFrom"
            render={({ field }) => (
              <Radio.Group label="Who chooses it" value={field.value} onChange={field.onChange}>
                <div className="mt-1 grid gap-2">
                  <Radio value="generated" label="Sallyport makes one up and shows it once" />
                  <Radio value="given" label="Enter one" />
                </div>
              </Radio.Group>
            )}
          />
          {passwordFrom === "given" && (
            <PasswordInput
              label={labels.password}
              description={`At least ${minPasswordLength} characters, and not the username.`}
              required
              withAsterisk={false}
              autoComplete="new-password"
              {...form.register("password")}
              error={errors.password?.message}
              visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }}
            />
          )}
          <Checkbox label={labels.mustChangePassword} {...form.register("mustChangePassword")} />
        </div>
      </Card>
      <FormActions pending={isSubmitting} saveLabel="Add user" pendingLabel="Adding…" cancelHref="/users" />
      <ShownOnceDialog
        value={made?.password ?? null}
        title={`${made?.username} can sign in now`}
        label="password"
        onClose={() => router.push("/users")}
      >
        <p className="m-0">Hand it over in a safe way.</p>
      </ShownOnceDialog>
    </FormFrame>
  );
}
