"use client";
import type { FieldErrors } from "react-hook-form";
import { useEditForm, useSchemaResolver } from "#app/_ui/use-edit-form.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { withCredentialRules } from "#lib/oauth/credentials/schema.ts";
import { addCredential, saveCredential } from "../actions.ts";
import { emptyValues, type FormValues, isFilled, toFormValues, toInput, toUpdate } from "./form-values.ts";
import { needsCheck } from "./is-pending.ts";

/** The form of a credential. @param credential what is edited, null for a new one. */
export function useCredentialForm(credential: CredentialDetail | null) {
  const stored = {
    clientSecret: credential?.clientSecretSetAt != null,
    privateKey: credential?.privateKeySetAt != null,
  };
  const resolver = useSchemaResolver<FormValues>(() => withCredentialRules(stored), toInput, toShownRows);
  return useEditForm<FormValues, CredentialDetail>({
    stored: credential,
    emptyValues,
    toValues: toFormValues,
    resolver,
    save: (values, base, start) =>
      base
        ? saveCredential({ id: base.id, update: toUpdate(values, start, base.version) })
        : addCredential(toInput(values)),
    // The credential's page checks it immediately and shows the result.
    pageOf: (saved) => `/credentials/${saved.id}${needsCheck(saved) ? "?check=1" : ""}`,
    placeErrors: ({ fields }, values) =>
      fields.map(({ field, message }) => {
        const [, list, index, rest = ""] = /^(tokenParameters|tokenHeaders)\.(\d+)(.*)$/.exec(field) ?? [];
        if (!list) return { field, message };
        return { field: `${list}.${listShownRows(values[list as RowList])[Number(index)]}${rest}`, message };
      }),
    isShown,
  });
}

type RowList = "tokenParameters" | "tokenHeaders";

/** Lists where the rows that are sent are in the form, which also has blank ones. */
function listShownRows(rows: FormValues[RowList]): number[] {
  return rows.flatMap((row, index) => (isFilled(row) ? [index] : []));
}

/** Moves validation errors of parameters and headers to their rows. */
function toShownRows(values: FormValues, errors: FieldErrors<FormValues>): FieldErrors<FormValues> {
  const moved = (["tokenParameters", "tokenHeaders"] as const).flatMap((list) => {
    const found = errors[list];
    if (!Array.isArray(found)) return [];
    const rows: unknown[] = [];
    for (const [sent, shown] of listShownRows(values[list]).entries()) rows[shown] = found[sent];
    return [[list, rows]];
  });
  return { ...errors, ...Object.fromEntries(moved) };
}

function isShown(field: string): boolean {
  if (/^token(Parameters|Headers)/.test(field)) return true;
  return [...document.querySelectorAll<HTMLElement>("[name], [data-field]")].some(
    (element) => element.getAttribute("name") === field || element.dataset.field === field.replace(/\.\d+$/, ""),
  );
}
