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
      <>
        <TextInput
          label={labels.type}
          description="Can't be changed"
          value={typeWords[type]}
          readOnly
          variant="filled"
          error={error}
        />
        <TextInput
          label={labels.grantType}
          description="Set by Type"
          value={grantOptions.find(({ value }) => value === type)?.label}
          readOnly
          variant="filled"
        />
      </>
    );
  }
  return (
    <Controller<FormValues, "type">
      name="type"
      render={({ field }) => (
        <>
          <NativeSelect
            {...field}
            label={labels.type}
            description={type === "user" ? "Interactive sign-in" : "System-to-system"}
            data={optionsOf(commonFields.type)}
            error={error}
          />
          <NativeSelect
            label={labels.grantType}
            description="Set by Type"
            data={grantOptions}
            value={field.value}
            onChange={field.onChange}
            error={grantError}
          />
        </>
      )}
    />
  );
}
