"use client";
import { useFormContext } from "react-hook-form";
import type { Filled } from "#lib/oauth/catalog/fill.ts";
import { userFields } from "#lib/oauth/credentials/definition.ts";
import type { FormValues } from "./form-values.ts";
import { labelOf } from "./words.ts";

/** Returns a function that fills in fields of the form and returns the labels of those that changed and are shown. */
export function useFill(): (filled: Partial<Filled>) => string[] {
  const { setValue, getValues, formState } = useFormContext<FormValues>();
  return (filled) => {
    const changed = (Object.keys(filled) as (keyof Filled)[]).filter(
      (name) => JSON.stringify(filled[name]) !== JSON.stringify(getValues(name)),
    );
    for (const name of changed) {
      setValue(name, filled[name] as never, { shouldDirty: true, shouldValidate: formState.isSubmitted });
    }
    const isShown = (name: string) => getValues("type") === "user" || !(name in userFields);
    return changed.filter(isShown).map(labelOf);
  };
}
