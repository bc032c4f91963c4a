"use client";
import { Checkbox, NumberInput } from "@mantine/core";
import { Controller, useFormContext } from "react-hook-form";
import { Card } from "#app/_ui/card.tsx";
import { Remark, useFieldError } from "#app/_ui/form-fields.tsx";
import { formatDuration } from "#app/_ui/format-time.ts";
import { HeadersField } from "#app/_ui/headers-field.tsx";
import { credentialLabels as labels } from "#lib/oauth/credentials/definition.ts";
import { providerOf } from "#lib/oauth/credentials/endpoint.ts";
import { isSecretHeader, isSecretParameter } from "#lib/platform/header-values/secret-names.ts";
import { TextField } from "./fields.tsx";
import type { FormValues } from "./form-values.ts";
import { adviseOnInterval } from "./interval-advice.ts";
import type { Remarks } from "./remarks.ts";

type Props = { remarks: Remarks; tokenLifetimeSeconds: number | null };

/** What is asked for, and how long a token is used. */
export function TokenFields({ remarks, tokenLifetimeSeconds }: Props) {
  const { watch, register, formState } = useFormContext<FormValues>();
  const error = useFieldError("refreshIntervalSeconds");
  const [type, scope, url, chosen] = watch(["type", "scope", "endpointUrl", "provider"]);
  const isEntra = providerOf({ endpointUrl: url, provider: chosen }) === "entra";
  const lacksDefault = isEntra && type === "application" && scope.trim() !== "" && !/\/\.default$/.test(scope.trim());
  const example = type === "user" ? "openid profile" : isEntra ? "api://orders/.default" : "orders.read";
  return (
    <Card title="Permissions and tokens">
      <div className="grid gap-4">
        <TextField
          name="scope"
          mono
          description={`The permissions to ask for, separated by spaces, such as ${example}.`}
          remark={
            lacksDefault
              ? "For client credentials Entra ID takes one scope that ends in /.default."
              : (remarks.scope ?? null)
          }
        />
        <Controller<FormValues, "refreshIntervalSeconds">
          name="refreshIntervalSeconds"
          render={({ field }) => (
            <>
              <NumberInput
                {...field}
                label={labels.refreshIntervalSeconds}
                description={`In seconds${Number(field.value) >= 60 ? ` (${formatDuration(Number(field.value) * 1000)})` : ""}. A token is renewed at this age, or before it expires.`}
                error={error}
                classNames={{ wrapper: "max-w-60" }}
                allowDecimal={false}
                allowNegative={false}
                step={60}
              />
              {type === "application" && <Remark>{adviseOnInterval(Number(field.value), tokenLifetimeSeconds)}</Remark>}
            </>
          )}
        />
        <Controller<FormValues, "tokenParameters">
          name="tokenParameters"
          render={({ field }) => (
            <HeadersField
              label={labels.tokenParameters}
              isSecret={isSecretParameter}
              noun="parameter"
              description="Optional. More parameters of the token request, such as audience, resource, or another grant_type. Names can repeat."
              value={field.value}
              onChange={field.onChange}
              errors={formState.errors.tokenParameters as never}
            />
          )}
        />
        <Controller<FormValues, "tokenHeaders">
          name="tokenHeaders"
          render={({ field }) => (
            <HeadersField
              label={labels.tokenHeaders}
              isSecret={isSecretHeader}
              noun="token request header"
              description="Optional. Headers that a gateway in front of the token endpoint requires, such as x-api-key."
              value={field.value}
              onChange={field.onChange}
              errors={formState.errors.tokenHeaders as never}
            />
          )}
        />
        <TextField
          name="tokenMember"
          mono
          placeholder="access_token"
          description="Where the access token is in the response, such as data.access_token. If it's access_token, leave this empty."
          remark={remarks.tokenMember}
        />
        <Checkbox
          {...register("acceptAnyTokenType")}
          label={labels.acceptAnyTokenType}
          description="Sends the token as Bearer even if the provider gives it another type. Select this if the services accept it."
          error={formState.errors.acceptAnyTokenType?.message}
        />
      </div>
    </Card>
  );
}
