"use client";
import { NativeSelect, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Controller, useForm } from "react-hook-form";
import { keyRoleOptions, roleWords } from "#app/_shared/accounts/role-words.ts";
import { NodeField } from "#app/_shared/options/node-field.tsx";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { applyFieldErrors } from "#app/_ui/apply-field-errors.ts";
import { Card } from "#app/_ui/card.tsx";
import { FormActions } from "#app/_ui/form-actions.tsx";
import { FormFrame } from "#app/_ui/form-frame.tsx";
import { ShownOnceDialog } from "#app/_ui/shown-once.tsx";
import { UnsavedChangesGuard } from "#app/_ui/unsaved-changes-guard.tsx";
import { apiKeyFields } from "#lib/access/api-keys/definition.ts";
import type { KeyRole } from "#lib/access/permissions/permissions.ts";
import { labelsOf } from "#lib/platform/definitions/field.ts";
import { blankForm } from "#lib/platform/definitions/form.ts";
import { addApiKey } from "../actions.ts";
import { endOfDay, expiryChoices, inDays } from "./expiry.ts";

const labels = labelsOf(apiKeyFields);

const defaultValues = {
  ...blankForm(apiKeyFields),
  role: "operator" as KeyRole,
  nodeId: null as string | null,
  expiry: "90",
};

/** A new API key; it is shown once before the list comes back. */
export function NewApiKeyForm() {
  const router = useRouter();
  const form = useForm({ defaultValues });
  const [error, setError] = useState<ShownError | null>(null);
  const [made, setMade] = useState<{ name: string; key: string } | null>(null);
  const { errors, isDirty, isSubmitting, isSubmitSuccessful } = form.formState;
  const [role, expiry] = form.watch(["role", "expiry"]);

  const submit = form.handleSubmit(async (fields) => {
    setError(null);
    const nodeId = isEverywhere(fields.role) ? null : fields.nodeId;
    const result = await addApiKey({ ...fields, nodeId, expiresAt: toInstant(fields) });
    if (result.ok) return setMade({ name: fields.name, key: result.value.key });
    if (!applyFieldErrors(form.setError, result.error)) setError(result.error);
  });

  return (
    <FormFrame onSubmit={submit} className="grid max-w-2xl gap-4">
      <UnsavedChangesGuard dirty={isDirty && !isSubmitting && !isSubmitSuccessful} />
      <ActionErrorAlert error={error} />
      <Card>
        <div className="grid gap-4">
          <TextInput
            label={labels.name}
            description="Which program uses it; the audit log and runs show it."
            required
            autoComplete="off"
            {...form.register("name")}
            error={errors.name?.message}
          />
          <NativeSelect
            label={labels.role}
            description={roleWords[role].about}
            data={keyRoleOptions}
            {...form.register("role")}
            error={errors.role?.message}
          />
          {!isEverywhere(role) && (
            <Controller
              control={form.control}
              name="nodeId"
              render={({ field }) => (
                <NodeField
                  label={labels.nodeId}
                  nodeId={field.value}
                  nodeName={null}
                  onChange={field.onChange}
                  error={errors.nodeId?.message}
                />
              )}
            />
          )}
          <NativeSelect label={labels.expiresAt} data={expiryChoices} {...form.register("expiry")} />
          {expiry === "date" && (
            <TextInput
              type="date"
              label="Last day"
              min={inDays(0).toISOString().slice(0, 10)}
              {...form.register("expiresAt")}
              error={errors.expiresAt?.message}
            />
          )}
        </div>
        <FormActions pending={isSubmitting} saveLabel="Make API key" pendingLabel="Making…" cancelHref="/api-keys" />
      </Card>
      <ShownOnceDialog
        value={made?.key ?? null}
        title={`The API key ${made?.name}`}
        label="API key"
        onClose={() => router.push("/api-keys")}
      >
        <p className="m-0">
          Programs send it as <code>Authorization: Bearer …</code>
        </p>
      </ShownOnceDialog>
    </FormFrame>
  );
}

/** Metrics are those of the whole portal. */
function isEverywhere(role: KeyRole): boolean {
  return role === "metrics";
}

function toInstant({ expiry, expiresAt }: typeof defaultValues): string | null {
  if (expiry === "never") return null;
  return expiry === "date" ? endOfDay(expiresAt) : inDays(Number(expiry)).toISOString();
}
