"use client";
import { Checkbox } from "@mantine/core";
import { Controller, useFormContext } from "react-hook-form";
import { QuantityField, Remark } from "#app/_ui/form-fields.tsx";
import { FormSection } from "#app/_ui/form-section.tsx";
import { HeadersField } from "#app/_ui/headers-field.tsx";
import { secondUnits } from "#app/_ui/quantity.ts";
import { credentialLabels as labels } from "#lib/oauth/credentials/definition.ts";
import { providerOf } from "#lib/oauth/credentials/endpoint.ts";
import { isSecretHeader, isSecretParameter } from "#lib/platform/header-values/secret-names.ts";
import { TextField } from "./fields.tsx";
import { type FormValues, isFilled } from "./form-values.ts";
import { adviseOnInterval } from "./interval-advice.ts";
import { hasRemark, type Remarks } from "./remarks.ts";

/** The scope of the tokens. */
export function ScopeField({ remarks }: { remarks: Remarks }) {
  const { watch } = useFormContext<FormValues>();
  const [type, scope, endpointUrl, provider] = watch(["type", "scope", "endpointUrl", "provider"]);
  const isEntra = providerOf({ endpointUrl, provider }) === "entra";
  const lacksDefault = isEntra && type === "application" && scope.trim() !== "" && !/\/\.default$/.test(scope.trim());
  const example = type === "user" ? "openid profile" : isEntra ? "api://orders/.default" : "orders.read";
  return (
    <TextField
      name="scope"
      mono
      description={`Space-separated, e.g. ${example}`}
      remark={
        lacksDefault ? "For client credentials, Entra ID requires one scope that ends in /.default." : remarks.scope
      }
    />
  );
}

/** How often tokens are refreshed. */
export function RefreshField({ tokenLifetimeSeconds }: { tokenLifetimeSeconds: number | null }) {
  const { watch } = useFormContext<FormValues>();
  const [type, interval] = watch(["type", "refreshIntervalSeconds"]);
  return (
    <div>
      <QuantityField
        name="refreshIntervalSeconds"
        label={labels.refreshIntervalSeconds}
        units={secondUnits}
        required
        description="Tokens are refreshed at this age or before expiry."
      />
      {type === "application" && <Remark>{adviseOnInterval(Number(interval), tokenLifetimeSeconds)}</Remark>}
    </div>
  );
}

/** What else the token request has, and how its response is read. */
export function TokenRequestSection({ remarks }: { remarks: Remarks }) {
  const { watch, register, formState } = useFormContext<FormValues>();
  const [parameters, headers, member, acceptsAny] = watch([
    "tokenParameters",
    "tokenHeaders",
    "tokenMember",
    "acceptAnyTokenType",
  ]);
  const names = [...parameters, ...headers].filter(isFilled).map(({ name }) => name);
  return (
    <FormSection
      title="Token request"
      set={[names.join(", "), member && `Token in ${member}`, acceptsAny && labels.acceptAnyTokenType]}
      unset="Nothing added"
      isOpen={hasRemark(remarks, ["tokenParameters", "tokenHeaders", "tokenMember"])}
    >
      <Controller<FormValues, "tokenParameters">
        name="tokenParameters"
        render={({ field }) => (
          <HeadersField
            label={labels.tokenParameters}
            isSecret={isSecretParameter}
            noun="parameter"
            description="Extra parameters that some providers require, such as audience, resource, or another grant_type. Names can repeat."
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
            description="Headers that a gateway in front of the token endpoint requires, such as x-api-key."
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
    </FormSection>
  );
}
