"use client";
import { zodResolver } from "@hookform/resolvers/zod";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { type BaseSyntheticEvent, useMemo, useRef, useState } from "react";
import {
  type DefaultValues,
  type FieldErrors,
  type FieldValues,
  type Resolver,
  type UseFormReturn,
  useForm,
} from "react-hook-form";
import type { z } from "zod";
import type { FieldError } from "#lib/platform/errors/app-error.ts";
import type { ActionResult } from "#lib/web/action-result.ts";
import type { ShownError } from "./action-error.tsx";
import { applyFieldErrors } from "./apply-field-errors.ts";

/** What an edit needs of the thing that is edited. */
export type Stored = { id: string; version: number };

/** What someone else saved meanwhile, and what the edit began with. */
export type Stale<D> = { before: D; current: D; changed: string[]; message: string };

type Options<V extends FieldValues, D extends Stored> = {
  /** What is edited, null for a new one. */
  stored: D | null;
  emptyValues: V;
  toValues: (stored: D) => V;
  resolver: Resolver<V>;
  /** Saves and answers what is stored then. `start` is what the form began with. */
  save: (values: V, base: D | null, start: V) => Promise<ActionResult<D>>;
  /** Where to go once it is saved. */
  pageOf: (saved: D) => string;
  /** Puts the server's complaints at the names of the form's fields. */
  placeErrors?: (error: ShownError, values: V) => FieldError[];
  /** Whether the form shows a field now; an error about another one is also shown above the form. */
  isShown?: (field: string) => boolean;
};

/** A form under way, for `EditForm`. */
export type EditState<V extends FieldValues, D extends Stored> = {
  form: UseFormReturn<V>;
  submit: (event?: BaseSyntheticEvent) => Promise<void>;
  base: D | null;
  /** What the form began with. */
  start: V;
  error: ShownError | null;
  /** Counts refusals with validation errors; the form then focuses the first invalid field. */
  refusals: number;
  /** Shows an error of something else than saving, at its fields; null clears all errors. */
  showError: (error: ShownError | null) => void;
  stale: Stale<D> | null;
  isSaving: boolean;
  isUnsaved: boolean;
  loadTheirs: () => void;
  keepMine: () => void;
};

/**
 * A form that adds or edits one thing: its fields, saving, errors at their fields, and what to do when it was changed
 * meanwhile.
 */
export function useEditForm<V extends FieldValues, D extends Stored>(options: Options<V, D>): EditState<V, D> {
  const router = useRouter();
  const [base, setBase] = useState(options.stored);
  const [error, setError] = useState<ShownError | null>(null);
  const [stale, setStale] = useState<Stale<D> | null>(null);
  const start = useRef(options.stored ? options.toValues(options.stored) : options.emptyValues);
  const [refusals, setRefusals] = useState(0);
  const refuse = () => setRefusals((count) => count + 1);
  const form = useForm<V>({
    resolver: options.resolver,
    defaultValues: start.current as DefaultValues<V>,
    // React Hook Form can't focus fields in closed sections.
    shouldFocusError: false,
  });

  /** Returns whether no field is invalid. */
  const save = async (values: V): Promise<boolean> => {
    setError(null);
    setStale(null);
    const result = await options.save(values, base, start.current);
    if (result.ok) {
      notifications.show({ message: options.stored ? "Changes saved" : "Saved", color: "green" });
      router.push(options.pageOf(result.value));
      return true;
    }
    // An error at `root` marks the submission as failed, so that leaving still warns.
    const fail = () => form.setError("root.server", { type: "server", message: result.error.message });
    const current = result.error.details.current as D | undefined;
    if (result.error.code === "stale_version" && current && base) {
      const changed = result.error.details.changed as string[];
      setStale({ before: base, current, changed, message: result.error.message });
      fail();
      return true;
    }
    if (!placeErrors(result.error, values)) {
      setError(result.error);
      fail();
    }
    return result.error.fields.length === 0;
  };

  const submit = async (event?: BaseSyntheticEvent) => {
    let isValid = false;
    await form.handleSubmit(async (values) => {
      isValid = await save(values);
    })(event);
    // The form has its errors by now.
    if (!isValid) refuse();
  };

  /** Puts validation errors at their fields; false if some are about no field, or one that the form doesn't show. */
  const placeErrors = (error: ShownError, values: V): boolean => {
    const fields = options.placeErrors?.(error, values) ?? error.fields;
    const { isShown = () => true } = options;
    return applyFieldErrors(form.setError, { fields }) && fields.every(({ field }) => isShown(field));
  };

  const showError = (told: ShownError | null) => {
    setError(null);
    form.clearErrors();
    if (told && !placeErrors(told, form.getValues())) setError(told);
    if (told && told.fields.length > 0) refuse();
  };

  const takeOver = (keepMine: boolean) => {
    if (!stale) return;
    start.current = options.toValues(stale.current);
    form.reset(start.current, { keepDirtyValues: keepMine });
    setBase(stale.current);
    setStale(null);
  };
  const { isDirty, isSubmitting, isSubmitSuccessful } = form.formState;
  return {
    form,
    submit,
    base,
    start: start.current,
    error,
    refusals,
    showError,
    stale,
    isSaving: isSubmitting,
    isUnsaved: isDirty && !isSubmitting && !isSubmitSuccessful,
    loadTheirs: () => takeOver(false),
    keepMine: () => takeOver(true),
  };
}

/**
 * Runs the schema over the fields as the server takes them.
 * @param check complaints that the schema can't know, by the fields' names.
 */
export function useSchemaResolver<V extends FieldValues>(
  schemaFor: (values: V) => z.ZodType<unknown, FieldValues>,
  toInput: (values: V) => FieldValues,
  check: (values: V, errors: FieldErrors<V>) => FieldErrors<V> = (_, errors) => errors,
): Resolver<V> {
  const latest = useRef({ schemaFor, toInput, check });
  latest.current = { schemaFor, toInput, check };
  return useMemo<Resolver<V>>(
    () => async (values, context, options) => {
      const now = latest.current;
      const checked = await zodResolver(now.schemaFor(values))(now.toInput(values), context, options as never);
      const errors = now.check(values, checked.errors as FieldErrors<V>);
      return Object.keys(errors).length === 0 ? { values, errors: {} } : { values: {}, errors };
    },
    [],
  );
}
