"use client";
import type { ReactNode } from "react";
import type { FieldPath } from "react-hook-form";
import {
  ChoiceField as SharedChoiceField,
  SecretInput as SharedSecretInput,
  TextField as SharedTextField,
} from "#app/_ui/form-fields.tsx";
import type { FormValues } from "./form-values.ts";
import { labelOf } from "./words.ts";

// The shared fields, each under its label of words.ts and only for names that this form has.

type TextName = FieldPath<FormValues> &
  (
    | "name"
    | "clientId"
    | "scope"
    | "owner"
    | "ownerEmail"
    | "notes"
    | "secretExpiresOn"
    | "discoveryUrl"
    | "issuer"
    | "authorizationUrl"
    | "jwksUrl"
    | "jwtUsernameKey"
    | "jwtRolesKey"
    | "mfaContext"
    | "mfaMethods"
    | "allowedTenants"
  );

type Shared = { description?: ReactNode; remark?: ReactNode };

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
  options: { value: string; label: string }[];
};

export function ChoiceField(field: ChoiceProps) {
  return <SharedChoiceField {...field} label={labelOf(field.name)} />;
}

type SecretProps = Shared & { name: "clientSecret"; setAt: string | null; multiline?: boolean };

export function SecretInput(field: SecretProps) {
  return <SharedSecretInput {...field} label={labelOf(field.name)} />;
}
