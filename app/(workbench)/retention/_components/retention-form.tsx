"use client";
import { NativeSelect, NumberInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { FormActions } from "#app/_ui/form-actions.tsx";
import { FormFrame } from "#app/_ui/form-frame.tsx";
import { UnsavedChangesGuard } from "#app/_ui/unsaved-changes-guard.tsx";
import { retentionChanges } from "#lib/oversight/retention/schema.ts";
import type { FieldError } from "#lib/platform/errors/app-error.ts";
import { longestDays, type RetentionDays } from "#lib/platform/retention/model.ts";
import { saveRetention } from "../actions.ts";
import { describeDays } from "./words.ts";

type Name = keyof RetentionDays;
type Field = { isKept: "days" | "ever"; days: number | string };
const labels: Record<Name, { name: string; noun: string }> = {
  runsDays: { name: "Runs", noun: "runs" },
  credentialEventsDays: { name: "Events of credentials", noun: "events of credentials" },
};
const names: Name[] = ["runsDays", "credentialEventsDays"];

type Props = RetentionDays & { version: number };

/** For how long each log is kept; asks before a change that deletes. */
export function RetentionForm({ version, ...stored }: Props) {
  const router = useRouter();
  const start: Record<Name, Field> = {
    runsDays: toField(stored.runsDays),
    credentialEventsDays: toField(stored.credentialEventsDays),
  };
  const [fields, setFields] = useState(start);
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [error, setError] = useState<ShownError | null>(null);
  const [pending, setPending] = useState(false);
  const [asked, setAsked] = useState(false);
  const values = {
    version,
    runsDays: toDays(fields.runsDays),
    credentialEventsDays: toDays(fields.credentialEventsDays),
  };
  const isDirty = names.some((name) => values[name] !== stored[name]);
  const shortened = names.filter((name) => {
    const days = values[name];
    return typeof days === "number" && (stored[name] === null || days < (stored[name] as number));
  });

  function submit() {
    const checked = retentionChanges.safeParse(values);
    const complaints = checked.error?.issues.map(({ path, message }) => ({ field: String(path[0]), message })) ?? [];
    setErrors(complaints);
    const [first] = complaints;
    if (first) return document.getElementById(first.field)?.focus();
    if (shortened.length > 0) return setAsked(true);
    void save();
  }

  async function save() {
    setPending(true);
    setError(null);
    const result = await callAction(saveRetention, values);
    setPending(false);
    setAsked(false);
    if (!result.ok) {
      setErrors(result.error.fields ?? []);
      return setError(result.error);
    }
    notifications.show({ message: "Saved for how long the logs are kept.", color: "green" });
    router.refresh();
  }

  // The page stays: what was entered goes.
  function reset() {
    setFields(start);
    setErrors([]);
    setError(null);
  }

  return (
    <FormFrame
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      className="grid gap-4"
    >
      <UnsavedChangesGuard dirty={isDirty && !pending} />
      <ActionErrorAlert error={error} />
      {names.map((name) => (
        <fieldset key={name} className="m-0 grid gap-3 border-0 p-0 sm:grid-cols-2">
          <legend className="mb-1 p-0 font-semibold">{labels[name].name}</legend>
          <NativeSelect
            label="Keep"
            aria-label={`Keep ${labels[name].noun}`}
            value={fields[name].isKept}
            data={[
              { value: "days", label: "for some days" },
              { value: "ever", label: "for ever" },
            ]}
            onChange={({ currentTarget: { value } }) =>
              setFields({ ...fields, [name]: { ...fields[name], isKept: value as Field["isKept"] } })
            }
          />
          {fields[name].isKept === "days" && (
            <NumberInput
              id={name}
              label="Days"
              aria-label={`Days to keep ${labels[name].noun}`}
              value={fields[name].days}
              onChange={(days) => setFields({ ...fields, [name]: { ...fields[name], days } })}
              error={errors.find(({ field }) => field === name)?.message}
              min={1}
              max={longestDays}
              clampBehavior="none"
              allowDecimal={false}
              allowNegative={false}
            />
          )}
        </fieldset>
      ))}
      <FormActions pending={pending} saveLabel="Save" onCancel={isDirty || errors.length > 0 ? reset : undefined} />
      <ConfirmDialog
        opened={asked}
        title="Delete what is older?"
        confirmLabel="Save and delete"
        irreversible
        pending={pending}
        onConfirm={save}
        onClose={() => setAsked(false)}
      >
        {shortened.map((name) => (
          <p key={name} className="m-0 mb-2">
            {labels[name].name} that are older than {describeDays(toDays(fields[name]) as number)} are deleted within a
            few minutes{stored[name] === null ? "" : `; until now they are kept for ${describeDays(stored[name])}`}.
          </p>
        ))}
        <p className="m-0">The audit log stays as it is.</p>
      </ConfirmDialog>
    </FormFrame>
  );
}

function toField(days: number | null): Field {
  return { isKept: days === null ? "ever" : "days", days: days ?? 90 };
}

/** NaN stands for a field that was left empty. */
function toDays({ isKept, days }: Field): number | null {
  if (isKept === "ever") return null;
  return days === "" ? Number.NaN : Number(days);
}
