"use client";
import { Controller, useFormContext } from "react-hook-form";
import { Card } from "#app/_ui/card.tsx";
import { ChoiceField, TextField } from "#app/_ui/form-fields.tsx";
import { HeadersField } from "#app/_ui/headers-field.tsx";
import { httpMethods, transportLabels as labels } from "#lib/delivery/transports/definition.ts";
import { isSecretHeader } from "#lib/platform/header-values/secret-names.ts";
import type { FormValues } from "./form-values.ts";

/** Where an HTTP service is. */
export function HttpFields() {
  const { control, formState } = useFormContext<FormValues>();
  return (
    <Card title="Service">
      <div className="grid gap-4">
        <TextField
          name="http.url"
          label={labels["http.url"]}
          mono
          description="Where the service is, such as https://orders.example.com/v1. A trigger's path is appended."
        />
        <ChoiceField
          name="http.method"
          label={labels["http.method"]}
          options={httpMethods.map((value) => ({ value, label: value }))}
        />
        <Controller
          name="http.headers"
          control={control}
          render={({ field }) => (
            <HeadersField
              label={labels["http.headers"]}
              description="Sent with each request, unless the trigger has its own of that name. Authorization is set below."
              isSecret={isSecretHeader}
              value={field.value}
              onChange={field.onChange}
              errors={formState.errors.http?.headers as never}
            />
          )}
        />
      </div>
    </Card>
  );
}
