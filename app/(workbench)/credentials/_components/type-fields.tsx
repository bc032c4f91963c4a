"use client";
import { NativeSelect, TextInput } from "@mantine/core";
import { Controller, useFormContext } from "react-hook-form";
import { useFieldError } from "#app/_ui/form-fields.tsx";
import { commonFields, credentialLabels as labels } from "#lib/oauth/credentials/definition.ts";
import { grants } from "#lib/oauth/grants/registry.ts";
import { optionsOf } from "#lib/platform/definitions/field.ts";
import type { FormValues } from "./form-values.ts";
import { typeWords } from "./words.ts";

const grantOptions = Object.values(grants).map(({ credentialType, label }) => ({ value: credentialType, label }));

/** Type and grant type: two names of one choice, so each moves the other. Fixed once the credential exists. */
export function TypeFields({ fixed }: { fixed: boolean }) {
  const error = useFieldError("type");
  const grantError = useFieldError("grantType");
  const { watch } = useFormContext<FormValues>();
  const type = watch("type");
  if (fixed) {
    return (
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextInput
          label={labels.type}
          description="Stays as it is."
          value={typeWords[type]}
          readOnly
          variant="filled"
          error={error}
        />
        <TextInput
          label={labels.grantType}
          description="Follows from the type."
          value={grantOptions.find(({ value }) => value === type)?.label}
          readOnly
          variant="filled"
        />
      </div>
    );
  }
  return (
    <Controller<FormValues, "type">
      name="type"
      render={({ field }) => (
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <NativeSelect
            {...field}
            label={labels.type}
            description="Application: between systems. User: people sign in."
            data={optionsOf(commonFields.type)}
            error={error}
          />
          <NativeSelect
            label={labels.grantType}
            description="Follows from the type."
            data={grantOptions}
            value={field.value}
            onChange={field.onChange}
            error={grantError}
          />
        </div>
      )}
    />
  );
}
