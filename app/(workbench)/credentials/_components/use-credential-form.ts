"use client";
import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useMemo, useRef, useState } from "react";
import { type FieldErrors, type Resolver, useForm } from "react-hook-form";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { applyFieldErrors } from "#app/_ui/apply-field-errors.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { withCredentialRules } from "#lib/oauth/credentials/schema.ts";
import type { FieldError } from "#lib/platform/errors/app-error.ts";
import { addCredential, saveCredential } from "../actions.ts";
import { emptyValues, type FormValues, toFormValues, toInput, toUpdate } from "./form-values.ts";
import { isPending } from "./is-pending.ts";

/** Runs the one schema over the fields; complaints about a token parameter go to its row. */
function makeResolver(from: CredentialDetail | null): Resolver<FormValues> {
  const schema = withCredentialRules({
    clientSecret: from?.clientSecretSetAt != null,
    privateKey: from?.privateKeySetAt != null,
  });
  return async (values, context, options) => {
    const checked = await zodResolver(schema)(toInput(values), context, options as never);
    const errors = checked.errors as FieldErrors<FormValues>;
    const duplicates = duplicateParameters(values);
    if (Object.keys(errors).length === 0 && duplicates.length === 0) return { values, errors: {} };
    const byName = (errors.tokenParameters ?? {}) as Record<string, { message?: string } | undefined>;
    const rows = values.tokenParameters.map(({ name }, index) =>
      duplicates.includes(index)
        ? { name: { type: "custom", message: "This name stands twice." } }
        : byName[name]
          ? { name: { type: "custom", message: byName[name]?.message } }
          : undefined,
    );
    const { tokenParameters: _, ...others } = errors;
    const merged = rows.some(Boolean) ? { ...others, tokenParameters: rows } : others;
    return Object.keys(merged).length === 0 ? { values, errors: {} } : { values: {}, errors: merged as never };
  };
}

function duplicateParameters({ tokenParameters }: FormValues): number[] {
  return tokenParameters.flatMap(({ name }, index) =>
    name !== "" && tokenParameters.findIndex((other) => other.name === name) < index ? [index] : [],
  );
}

/** The server's complaint about `tokenParameters.audience` belongs to the row of that name. */
function toRowErrors(fields: FieldError[], values: FormValues): FieldError[] {
  return fields.map(({ field, message }) => {
    const name = /^tokenParameters\.(.+)$/.exec(field)?.[1];
    const row = values.tokenParameters.findIndex((parameter) => parameter.name === name);
    return row < 0 ? { field, message } : { field: `tokenParameters.${row}.name`, message };
  });
}

/** Whether the form shows a field just now; a complaint about another one is said above the form. */
function isShown(field: string): boolean {
  if (field.startsWith("tokenParameters")) return true;
  return [...document.querySelectorAll<HTMLElement>("[name], [data-field]")].some(
    (element) => element.getAttribute("name") === field || element.dataset.field === field.replace(/\.\d+$/, ""),
  );
}

/** What someone else saved meanwhile. */
export type Stale = { current: CredentialDetail; changed: string[]; message: string };

/**
 * The form of a credential: its fields, saving, and what to do when it was changed meanwhile.
 * @param credential what is edited, null for a new one.
 */
export function useCredentialForm(credential: CredentialDetail | null) {
  const router = useRouter();
  const [base, setBase] = useState(credential);
  const [error, setError] = useState<ShownError | null>(null);
  const [stale, setStale] = useState<Stale | null>(null);
  const start = useRef(credential ? toFormValues(credential) : emptyValues);
  const resolver = useMemo(() => makeResolver(base), [base]);
  const form = useForm<FormValues>({ resolver, defaultValues: start.current, shouldFocusError: true });

  const submit = form.handleSubmit(async (values) => {
    setError(null);
    setStale(null);
    const result = base
      ? await saveCredential({ id: base.id, update: toUpdate(values, start.current, base.version) })
      : await addCredential(toInput(values));
    if (result.ok) {
      // The page of the credential asks for a token at once and shows how it went.
      router.push(`/credentials/${result.value.id}${isPending(result.value) ? "?check=1" : ""}`);
      return;
    }
    const current = result.error.details.current as CredentialDetail | undefined;
    if (result.error.code === "stale_version" && current) {
      const changed = result.error.details.changed as string[];
      setStale({ current, changed, message: result.error.message });
      // Marks the submission as failed, so that leaving still warns.
      form.setError("root.stale", { type: "server", message: result.error.message });
      return;
    }
    if (placeErrors(result.error, values)) return;
    form.setError("root.server", { type: "server", message: result.error.message });
    setError(result.error);
  });

  /** Puts complaints at their fields; false when some are about what the form does not show. */
  const placeErrors = ({ fields: told }: Pick<ShownError, "fields">, values: FormValues): boolean => {
    const fields = toRowErrors(told, values);
    return applyFieldErrors(form.setError, { fields }) && fields.every(({ field }) => isShown(field));
  };

  /** The values as a check takes them that are not saved: of an edit what differs. */
  const describeDraft = () => {
    const values = form.getValues();
    if (base) return { id: base.id, ...toUpdate(values, start.current, base.version) };
    const { name, ...input } = toInput(values);
    return name.trim() === "" ? input : { name, ...input };
  };

  const showError = (told: ShownError | null) => {
    setError(null);
    form.clearErrors();
    if (told && !placeErrors(told, form.getValues())) setError(told);
  };

  const takeOver = (keepMine: boolean) => {
    if (!stale) return;
    start.current = toFormValues(stale.current);
    form.reset(start.current, { keepDirtyValues: keepMine });
    setBase(stale.current);
    setStale(null);
  };

  return {
    form,
    submit,
    base,
    error,
    stale,
    loadTheirs: () => takeOver(false),
    keepMine: () => takeOver(true),
    describeDraft,
    showError,
  };
}
