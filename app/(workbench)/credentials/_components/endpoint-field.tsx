"use client";
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { Controller, useFormContext } from "react-hook-form";
import { Remark, useFieldError } from "#app/_ui/form-fields.tsx";
import { commonFields, credentialLabels as labels } from "#lib/oauth/credentials/definition.ts";
import { providerOf } from "#lib/oauth/credentials/endpoint.ts";
import { completeEndpointUrl, deriveEntraUrls } from "#lib/oauth/credentials/entra-url.ts";
import { wordsOf } from "#lib/platform/definitions/field.ts";
import type { FormValues } from "./form-values.ts";

/** The endpoint URL; what is pasted from Entra is completed at once, what is typed when the field is left. */
export function EndpointField({ remark }: { remark?: string | null }) {
  const { setValue, watch } = useFormContext<FormValues>();
  const [done, setDone] = useState<string | null>(null);
  const error = useFieldError("endpointUrl");
  const url = watch("endpointUrl");
  const chosen = watch("provider");
  const complete = (text: string) => {
    const completed = completeEndpointUrl(text, chosen);
    if (completed.url === text) return false;
    setValue("endpointUrl", completed.url, { shouldDirty: true, shouldValidate: true });
    setDone(completed.done);
    return true;
  };
  const provider = providerOf({ endpointUrl: url, provider: chosen });
  const tenant = provider === "entra" ? deriveEntraUrls(url)?.tenant : undefined;
  return (
    <div>
      <Controller<FormValues, "endpointUrl">
        name="endpointUrl"
        render={({ field }) => (
          <TextInput
            {...field}
            label={labels.endpointUrl}
            required
            description="The OAuth token endpoint. For Entra ID, paste a tenant ID or any tenant URL."
            error={error}
            autoComplete="off"
            spellCheck={false}
            inputMode="url"
            classNames={{ input: "font-mono" }}
            onChange={(event) => {
              setDone(null);
              field.onChange(event);
            }}
            onBlur={() => {
              field.onBlur();
              complete(url);
            }}
            onPaste={(event) => {
              const { selectionStart, selectionEnd, value } = event.currentTarget;
              const replacesAll = value.trim() === "" || (selectionStart === 0 && selectionEnd === value.length);
              if (replacesAll && complete(event.clipboardData.getData("text"))) event.preventDefault();
            }}
          />
        )}
      />
      <Remark>
        {done && <span className="block font-semibold">{done}</span>}
        {url !== "" && !error && (
          <span className="block">
            {wordsOf(commonFields.provider)[provider]}
            {tenant ? `, tenant ${tenant}` : ""}
          </span>
        )}
      </Remark>
      <Remark bad>{remark}</Remark>
    </div>
  );
}
