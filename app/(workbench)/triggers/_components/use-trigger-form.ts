"use client";
import { useState } from "react";
import { type FieldErrors, set } from "react-hook-form";
import { useEditForm, useSchemaResolver } from "#app/_ui/use-edit-form.ts";
import { httpRequestTemplate, soapRequestTemplate } from "#lib/delivery/triggers/definition.ts";
import type { SavedTrigger, TriggerDetail } from "#lib/delivery/triggers/model.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import type { FieldError } from "#lib/platform/errors/app-error.ts";
import type { ActionResult } from "#lib/web/action-result.ts";
import { addTrigger, saveTrigger } from "../actions.ts";
import { explain, readMembers } from "./arguments-json.tsx";
import { emptyValues, type FormValues, toFormValues, toInput, toUpdate } from "./form-values.ts";
import { findWrongRows, placeRequestErrors } from "./request-errors.ts";
import type { RequestKind } from "./request-kind.ts";

/** One schema per kind of request, so that complaints name the field and not the union. */
const schemas = {
  http: triggerInput.extend({ request: httpRequestTemplate }),
  soap: triggerInput.extend({ request: soapRequestTemplate }),
  raw: triggerInput.extend({ request: soapRequestTemplate }),
};

type Options = {
  trigger: TriggerDetail | null;
  nodeId: string | null;
  transportId: string | null;
  /** An operation to begin with. */
  operation: string | null;
  /** Kind of request of the transport with this id, http while it isn't known. */
  kindOf: (transportId: string) => RequestKind;
};

/** The form of a trigger. */
export function useTriggerForm({ trigger, nodeId, transportId, operation, kindOf }: Options) {
  const kindIn = (values: FormValues) => kindOf(values.transportId);
  const resolver = useSchemaResolver<FormValues>(
    (values) => schemas[kindIn(values)],
    (values) => toInput(values, kindIn(values)),
    (values, errors) => {
      const isHttp = kindIn(values) === "http";
      const found = isHttp ? checkRows(values, errors) : checkArguments(values);
      const { request, ...others } = errors;
      const kept = isHttp && request ? others : errors;
      return place(kept as FieldErrors<FormValues>, found);
    },
  );
  const [secret, setSecret] = useState<{ value: string; onKept: () => void } | null>(null);
  /** A secret that was made is shown before the form is left, which is for good. */
  const showSecret = async (answer: ActionResult<SavedTrigger>) => {
    const value = answer.ok ? answer.value.webhookSecret : null;
    if (value) await new Promise<void>((onKept) => setSecret({ value, onKept }));
    setSecret(null);
    return answer;
  };
  const edit = useEditForm<FormValues, TriggerDetail>({
    stored: trigger,
    emptyValues: emptyValues({ nodeId, transportId, operation }),
    toValues: toFormValues,
    resolver,
    save: async (values, base, start) =>
      showSecret(
        base
          ? await saveTrigger({ id: base.id, update: toUpdate(values, start, kindIn(values), base.version) })
          : await addTrigger(toInput(values, kindIn(values))),
      ),
    pageOf: ({ id }) => `/triggers/${id}`,
    placeErrors: ({ fields }, values) =>
      fields.flatMap((each) =>
        each.field === "request"
          ? { ...each, field: "transportId" }
          : (placeSoapError(each, kindIn(values)) ?? placeRequestErrors([each], values)),
      ),
  });
  return { ...edit, secret };
}

/** Headers of a SOAP request are one field, and problems of arguments stand at their paths. */
function placeSoapError({ field, message }: FieldError, kind: RequestKind): FieldError | null {
  if (kind === "http") return null;
  return { field: field === "request.headers" ? "request.soapHeaders" : field, message };
}

function checkRows(values: FormValues, errors: FieldErrors<FormValues>): FieldError[] {
  const fromSchema = flatten(errors.request, "request");
  return [...placeRequestErrors(fromSchema, values), ...findWrongRows(values.request)];
}

function checkArguments({ request: { argumentsText } }: FormValues): FieldError[] {
  if (argumentsText === null || readMembers(argumentsText)) return [];
  return [{ field: "request.argumentsText", message: explain(argumentsText) }];
}

/** Errors as react-hook-form nests them, as a list of names and messages. */
function flatten(errors: unknown, path: string): FieldError[] {
  if (typeof errors !== "object" || errors === null) return [];
  if ("message" in errors && typeof errors.message === "string") return [{ field: path, message: errors.message }];
  return Object.entries(errors).flatMap(([name, inner]) => flatten(inner, `${path}.${name}`));
}

function place(errors: FieldErrors<FormValues>, more: FieldError[]): FieldErrors<FormValues> {
  const all = { ...errors };
  for (const { field, message } of more) set(all, field, { type: "custom", message });
  return all;
}
