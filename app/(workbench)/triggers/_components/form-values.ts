import type { z } from "zod";
import type { NameValue } from "#app/_ui/headers-field.tsx";
import { isSoapRequest } from "#lib/delivery/requests/model.ts";
import type { Members } from "#lib/delivery/soap/values.ts";
import { plainFields } from "#lib/delivery/triggers/definition.ts";
import type { TriggerDetail } from "#lib/delivery/triggers/model.ts";
import type { TriggerFormValues, triggerUpdate } from "#lib/delivery/triggers/schema.ts";
import { blankForm, type FormOf, listChanged, toForm, toSent } from "#lib/platform/definitions/form.ts";
import type { EnteredValue } from "#lib/platform/header-values/secret-values.ts";
import { type EventValues, emptyEvent, toEvent } from "./event-values.ts";
import type { RequestKind } from "./request-kind.ts";

/** What the form's fields hold, those of a request of the other type too. */
type Numbers = "maxInProgress" | "queueSize" | "maxExecutionMs" | "holdHours";

export type FormValues = Omit<FormOf<typeof plainFields>, Numbers> & {
  event: EventValues;
  request: {
    path: string;
    query: NameValue[];
    headers: EnteredValue[];
    body: string;
    operation: string;
    arguments: Members;
    /** The arguments as they were typed as JSON, null when they were not; it may be no JSON at the moment. */
    argumentsText: string | null;
    soapHeaders: string;
    safeToRepeat: boolean;
    envelope: string;
    action: string;
  };
  // A cleared number is "", which the schema calls by its name.
  maxInProgress: number | string;
  queueSize: number | string;
  maxExecutionMs: number | string;
  holdHours: number | string;
};

const emptyEnvelope = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Body>
  </soap:Body>
</soap:Envelope>`;

/** The fields of a new trigger. */
export function emptyValues(from: {
  nodeId: string | null;
  transportId: string | null;
  operation?: string | null;
}): FormValues {
  return {
    ...blankForm(plainFields),
    nodeId: from.nodeId ?? "",
    transportId: from.transportId ?? "",
    event: emptyEvent,
    request: {
      path: "",
      query: [],
      headers: [],
      body: "",
      operation: from.operation ?? "",
      arguments: {},
      argumentsText: null,
      soapHeaders: "",
      safeToRepeat: false,
      envelope: emptyEnvelope,
      action: "",
    },
  };
}

/** The fields of a stored trigger. */
export function toFormValues(trigger: TriggerDetail): FormValues {
  const empty = emptyValues({ nodeId: null, transportId: null });
  const { request } = trigger;
  return {
    ...toForm(plainFields, trigger),
    event: { ...emptyEvent, ...trigger.event },
    request: isSoapRequest(request)
      ? {
          ...empty.request,
          operation: request.operation,
          arguments: request.arguments,
          soapHeaders: request.headers ?? "",
          safeToRepeat: request.safeToRepeat ?? false,
          envelope: request.envelope ?? empty.request.envelope,
          action: request.action ?? "",
        }
      : {
          ...empty.request,
          path: request.path,
          query: request.query,
          headers: request.headers,
          body: request.body,
        },
  };
}

/** The request as the schema takes it. */
export function toRequest(
  { request }: Pick<FormValues, "request">,
  kind: RequestKind,
): NonNullable<TriggerFormValues["request"]> {
  const { operation, safeToRepeat, envelope, action } = request;
  if (kind === "raw") return { operation: "", arguments: {}, envelope, action, safeToRepeat };
  if (kind === "soap") {
    // Everything in the arguments came out of JSON or of a field.
    const values = request.arguments as Record<string, never>;
    return { operation, arguments: values, headers: request.soapHeaders, safeToRepeat };
  }
  return {
    path: request.path,
    query: request.query.filter(isFilled),
    headers: request.headers.filter(isFilled),
    body: request.body,
  };
}

/** A row that was added and left empty says nothing. */
export function isFilled({ name, value }: EnteredValue): boolean {
  return name !== "" || value !== "";
}

/** The fields as the schema takes them. */
export function toInput(values: FormValues, kind: RequestKind): TriggerFormValues {
  return { ...toSent(plainFields, values), event: toEvent(values.event), request: toRequest(values, kind) };
}

/** What of the form differs from what it started with, for an edit. */
export function toUpdate(
  values: FormValues,
  from: FormValues,
  kind: RequestKind,
  version: number,
): z.input<typeof triggerUpdate> {
  return { ...listChanged(toInput(values, kind), toInput(from, kind)), version };
}
