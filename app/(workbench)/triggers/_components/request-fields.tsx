"use client";
import { Controller, useFormContext } from "react-hook-form";
import { Card } from "#app/_ui/card.tsx";
import { TextField } from "#app/_ui/form-fields.tsx";
import { HeadersField } from "#app/_ui/headers-field.tsx";
import { triggerLabels as labels } from "#lib/delivery/triggers/definition.ts";
import type { FieldError } from "#lib/platform/errors/app-error.ts";
import { isSecretHeader } from "#lib/platform/header-values/secret-names.ts";
import type { FormValues } from "./form-values.ts";
import { useExampleValue, ValueHint } from "./value-hint.tsx";

type Props = {
  /** Method and URL of the transport, when one is picked. */
  address: string | null;
  /** What the preview complains about, at the names of the fields. */
  complaints: FieldError[];
};

/** The request template of an HTTP trigger. */
export function HttpRequestFields({ address, complaints }: Props) {
  const { control, formState } = useFormContext<FormValues>();
  const example = useExampleValue();
  const complaint = (field: string) => complaints.find((each) => each.field === field)?.message;
  const rowErrors = (name: "query" | "headers", rows: unknown[]) =>
    rows.map((_, index) => ({
      name: { message: formState.errors.request?.[name]?.[index]?.name?.message },
      value: {
        message:
          formState.errors.request?.[name]?.[index]?.value?.message ?? complaint(`request.${name}.${index}.value`),
      },
    }));
  return (
    <Card
      title={labels.request}
      description={
        <>
          <ValueHint /> Each value is escaped for where it stands: URL, header, JSON, XML.
        </>
      }
    >
      <div className="grid gap-4">
        <TextField
          name="request.path"
          label={labels["request.path"]}
          mono
          placeholder={`/orders/${example}`}
          description={address ? `Optional. Appended to ${address}` : "Optional. Appended to the transport's URL."}
          error={complaint("request.path")}
        />
        <Controller
          name="request.query"
          control={control}
          render={({ field }) => (
            <HeadersField
              label={labels["request.query"]}
              noun="parameter"
              value={field.value}
              onChange={field.onChange}
              errors={rowErrors("query", field.value)}
            />
          )}
        />
        <Controller
          name="request.headers"
          control={control}
          render={({ field }) => (
            <HeadersField
              label={labels["request.headers"]}
              description="Besides the transport's own; one of the same name replaces it."
              isSecret={isSecretHeader}
              value={field.value}
              onChange={field.onChange}
              errors={rowErrors("headers", field.value)}
            />
          )}
        />
        <TextField
          name="request.body"
          label={labels["request.body"]}
          mono
          rows={{ min: 5, max: 24 }}
          placeholder={`{"id": "${example}"}`}
          description="Optional. Without a Content-Type header its kind follows from how it begins."
          error={complaint("request.body")}
        />
      </div>
    </Card>
  );
}
