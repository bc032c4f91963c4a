"use client";
import { type FieldErrors, set } from "react-hook-form";
import { useEditForm, useSchemaResolver } from "#app/_ui/use-edit-form.ts";
import type { FieldError } from "#lib/errors.ts";
import type { TransportType } from "#lib/transports/model.ts";
import type { TriggerDetail } from "#lib/triggers/model.ts";
import { httpRequestTemplate, soapRequestTemplate, triggerInput } from "#lib/triggers/schema.ts";
import { addTrigger, saveTrigger } from "../actions.ts";
import { emptyValues, type FormValues, toFormValues, toInput, toUpdate } from "./form-values.ts";
import { findWrongRows, placeRequestErrors } from "./request-errors.ts";

/** One schema per kind of request, so that complaints name the field and not the union. */
const schemas = {
  HTTP: triggerInput.extend({ request: httpRequestTemplate }),
  WS_SOAP: triggerInput.extend({ request: soapRequestTemplate }),
};

type Options = {
  trigger: TriggerDetail | null;
  nodeId: string | null;
  transportId: string | null;
  /** Type of the transport with this id, HTTP while it isn't known. */
  typeOf: (transportId: string) => TransportType;
};

/** The form of a trigger. */
export function useTriggerForm({ trigger, nodeId, transportId, typeOf }: Options) {
  const typeIn = (values: FormValues) => typeOf(values.transportId);
  const resolver = useSchemaResolver<FormValues>(
    (values) => schemas[typeIn(values)],
    (values) => toInput(values, typeIn(values)),
    (values, errors) => {
      const found = typeIn(values) === "HTTP" ? checkRows(values, errors) : checkArguments(values);
      const { request, ...others } = errors;
      const isSoap = typeIn(values) === "WS_SOAP";
      const kept = isSoap || !request ? errors : others;
      return place(kept as FieldErrors<FormValues>, found);
    },
  );
  return useEditForm<FormValues, TriggerDetail>({
    stored: trigger,
    emptyValues: emptyValues({ nodeId, transportId }),
    toValues: toFormValues,
    resolver,
    save: (values, base, start) =>
      base
        ? saveTrigger({ id: base.id, update: toUpdate(values, start, typeIn(values), base.version) })
        : addTrigger(toInput(values, typeIn(values))),
    pageOf: ({ id }) => `/triggers/${id}`,
    placeErrors: ({ fields }, values) =>
      fields.flatMap((each) =>
        each.field === "request" ? { ...each, field: "transportId" } : placeRequestErrors([each], values),
      ),
  });
}

function checkRows(values: FormValues, errors: FieldErrors<FormValues>): FieldError[] {
  const fromSchema = flatten(errors.request, "request");
  return [...placeRequestErrors(fromSchema, values), ...findWrongRows(values.request)];
}

function checkArguments({ request }: FormValues): FieldError[] {
  const field = "request.arguments";
  try {
    const parsed: unknown = JSON.parse(request.arguments);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return [];
    return [{ field, message: 'Enter a JSON object, such as {"item": "{{variables.item}}"}.' }];
  } catch (err) {
    return [{ field, message: `This is not valid JSON: ${(err as Error).message}.` }];
  }
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
