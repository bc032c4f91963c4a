"use client";
import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { Controller, type FieldPath, useFormContext } from "react-hook-form";
import { SecretField } from "#app/_ui/secret-field.tsx";
import type { FormValues } from "./form-values.ts";
import { labelOf } from "./words.ts";

type TextName = FieldPath<FormValues> &
  (
    | "name"
    | "clientId"
    | "scope"
    | "owner"
    | "notes"
    | "certificate"
    | "secretExpiresOn"
    | "discoveryUrl"
    | "issuer"
    | "authorizationUrl"
    | "jwksUrl"
    | "jwtUsernameKey"
    | "jwtRolesKey"
    | "proxy.url"
    | "proxy.username"
  );

type Shared = {
  description?: ReactNode /** Said below the field, such as why it is likely wrong. */;
  remark?: ReactNode;
};

/** A remark below a field, announced when it appears. `bad`: the field is likely wrong. */
export function Remark({ bad = false, children }: { bad?: boolean; children: ReactNode }) {
  return (
    <div role="status" className={`text-sm [&:not(:empty)]:mt-1 ${bad ? "text-bad" : "text-dimmed"}`}>
      {children}
    </div>
  );
}

/** The message of a field's error, by its dotted name. */
export function useFieldError(name: string): string | undefined {
  const { formState } = useFormContext<FormValues>();
  const found = name
    .split(".")
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], formState.errors);
  return messageIn(found);
}

/** The first message of an error or of what is below it (of a list). */
function messageIn(error: unknown): string | undefined {
  if (!error || typeof error !== "object") return undefined;
  if ("message" in error && typeof error.message === "string") return error.message;
  const inner = Array.isArray(error) ? error : "root" in error ? [error.root] : Object.values(error);
  for (const each of inner) {
    const message = messageIn(each);
    if (message) return message;
  }
  return undefined;
}

type TextProps = Shared & {
  name: TextName;
  type?: "text" | "date" | "url";
  multiline?: boolean;
  mono?: boolean;
  placeholder?: string;
};

/** A text field under its label of words.ts. */
export function TextField({ name, type = "text", multiline, mono, remark, ...props }: TextProps) {
  const { register } = useFormContext<FormValues>();
  const error = useFieldError(name);
  const shared = { ...props, ...register(name), label: labelOf(name), error, autoComplete: "off", spellCheck: !mono };
  const classNames = mono ? { input: "font-mono" } : undefined;
  return (
    <div>
      {multiline ? (
        <Textarea {...shared} autosize minRows={3} maxRows={14} classNames={classNames} />
      ) : (
        <TextInput {...shared} type={type} classNames={classNames} data-1p-ignore />
      )}
      <Remark bad>{remark}</Remark>
    </div>
  );
}

type ChoiceProps = Shared & {
  name: "clientAuthentication" | "mfa" | "postLogin" | "proxy.mode" | "provider";
  options: { value: string; label: string }[];
};

/** A choice of a few, under its label of words.ts. */
export function ChoiceField({ name, options, remark, ...props }: ChoiceProps) {
  const { register } = useFormContext<FormValues>();
  const error = useFieldError(name);
  return (
    <div>
      <NativeSelect {...props} {...register(name)} label={labelOf(name)} data={options} error={error} />
      <Remark bad>{remark}</Remark>
    </div>
  );
}

type SecretProps = Shared & {
  name: "clientSecret" | "privateKey" | "proxy.password";
  setAt: string | null;
  multiline?: boolean;
};

/** A write-only field under its label of words.ts. */
export function SecretInput({ name, remark, ...props }: SecretProps) {
  const error = useFieldError(name);
  return (
    <div data-field={name}>
      <Controller<FormValues, typeof name>
        name={name}
        render={({ field }) => (
          <SecretField
            {...props}
            name={name}
            label={labelOf(name)}
            value={field.value}
            onChange={field.onChange}
            onBlur={field.onBlur}
            error={error}
          />
        )}
      />
      <Remark bad>{remark}</Remark>
    </div>
  );
}
