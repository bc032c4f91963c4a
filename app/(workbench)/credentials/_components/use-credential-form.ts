"use client";
import type { FieldErrors } from "react-hook-form";
import { useEditForm, useSchemaResolver } from "#app/_ui/use-edit-form.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { withCredentialRules } from "#lib/oauth/credentials/schema.ts";
import { addCredential, saveCredential } from "../actions.ts";
import { emptyValues, type FormValues, toFormValues, toInput, toUpdate } from "./form-values.ts";
import { isPending } from "./is-pending.ts";

/** The form of a credential. @param credential what is edited, null for a new one. */
export function useCredentialForm(credential: CredentialDetail | null) {
  const stored = {
    clientSecret: credential?.clientSecretSetAt != null,
    privateKey: credential?.privateKeySetAt != null,
  };
  const resolver = useSchemaResolver<FormValues>(() => withCredentialRules(stored), toInput, toParameterRows);
  return useEditForm<FormValues, CredentialDetail>({
    stored: credential,
    emptyValues,
    toValues: toFormValues,
    resolver,
    save: (values, base, start) =>
      base
        ? saveCredential({ id: base.id, update: toUpdate(values, start, base.version) })
        : addCredential(toInput(values)),
    // The page of the credential asks for a token at once and shows how it went.
    pageOf: (saved) => `/credentials/${saved.id}${isPending(saved) ? "?check=1" : ""}`,
    placeErrors: ({ fields }, { tokenParameters }) =>
      fields.map(({ field, message }) => {
        const name = /^tokenParameters\.(.+)$/.exec(field)?.[1];
        const row = tokenParameters.findIndex((parameter) => parameter.name === name);
        return row < 0 ? { field, message } : { field: `tokenParameters.${row}.name`, message };
      }),
    isShown,
  });
}

/** Complaints about a token parameter go to its row, and a name can't be in two rows. */
function toParameterRows({ tokenParameters }: FormValues, errors: FieldErrors<FormValues>): FieldErrors<FormValues> {
  const { tokenParameters: found, ...others } = errors;
  const byName = (found ?? {}) as Record<string, { message?: string } | undefined>;
  const rows = tokenParameters.map(({ name }, index) => {
    const isTwice = name !== "" && tokenParameters.findIndex((other) => other.name === name) < index;
    const message = isTwice ? "This name stands twice." : byName[name]?.message;
    return message === undefined ? undefined : { name: { type: "custom", message } };
  });
  return rows.some(Boolean) ? ({ ...others, tokenParameters: rows } as FieldErrors<FormValues>) : others;
}

function isShown(field: string): boolean {
  if (field.startsWith("tokenParameters")) return true;
  return [...document.querySelectorAll<HTMLElement>("[name], [data-field]")].some(
    (element) => element.getAttribute("name") === field || element.dataset.field === field.replace(/\.\d+$/, ""),
  );
}
