"use client";
import type { ReactNode } from "react";
import type { z } from "zod";
import {
  ChoiceField as SharedChoiceField,
  SecretInput as SharedSecretInput,
  TextField as SharedTextField,
} from "#app/_ui/form-fields.tsx";
import { credentialFields } from "#lib/oauth/credentials/definition.ts";
import { optionsOf } from "#lib/platform/definitions/field.ts";
import type { FormValues } from "./form-values.ts";
import { labelOf } from "./words.ts";

// The shared fields, each under its label of words.ts and only for names that this form has.

type TextName = {
  [K in keyof FormValues]: FormValues[K] extends string ? K : never;
}[keyof FormValues];

type Shared = { description?: ReactNode; remark?: ReactNode; required?: boolean };

type TextProps = Shared & {
  name: TextName;
  type?: "text" | "date" | "url" | "email";
  multiline?: boolean;
  mono?: boolean;
  placeholder?: string;
};

export function TextField({ multiline, ...field }: TextProps) {
  const rows = multiline ? { min: 3, max: 14 } : undefined;
  return <SharedTextField {...field} label={labelOf(field.name)} rows={rows} />;
}

type ChoiceProps = Shared & {
  name:
    | "clientAuthentication"
    | "mfa"
    | "postLogin"
    | "provider"
    | "claimsSource"
    | "responseMode"
    | "defaultRole.role";
  /** Those of the field's own values when left out. */
  options?: { value: string; label: string }[];
};

export function ChoiceField({ options, ...field }: ChoiceProps) {
  const own = (credentialFields as Record<string, z.ZodType>)[field.name];
  return <SharedChoiceField {...field} label={labelOf(field.name)} options={options ?? (own ? optionsOf(own) : [])} />;
}

type SecretProps = Shared & { name: "clientSecret"; setAt: string | null; multiline?: boolean };

export function SecretInput(field: SecretProps) {
  return <SharedSecretInput {...field} label={labelOf(field.name)} />;
}
