import type { NameValue } from "#app/_ui/headers-field.tsx";
import type { TransportType } from "#lib/transports/model.ts";
import { isSoapRequest, type TriggerDetail } from "#lib/triggers/model.ts";
import type { TriggerFormValues, TriggerUpdate } from "#lib/triggers/schema.ts";

/** What the form's fields hold, those of a request of the other type too. */
export type FormValues = {
  name: string;
  nodeId: string;
  transportId: string;
  enabled: boolean;
  event: { kind: "on_demand" };
  request: {
    path: string;
    query: NameValue[];
    headers: NameValue[];
    body: string;
    operation: string;
    /** JSON, as it is typed. */
    arguments: string;
  };
  maxInProgress: number | string;
  queueSize: number | string;
  maxExecutionMs: number | string;
  notes: string;
};

/** The fields of a new trigger. */
export function emptyValues(from: { nodeId: string | null; transportId: string | null }): FormValues {
  return {
    name: "",
    nodeId: from.nodeId ?? "",
    transportId: from.transportId ?? "",
    enabled: true,
    event: { kind: "on_demand" },
    request: { path: "", query: [], headers: [], body: "", operation: "", arguments: "{}" },
    maxInProgress: 0,
    queueSize: 0,
    maxExecutionMs: 60_000,
    notes: "",
  };
}

/** The fields of a stored trigger. */
export function toFormValues(trigger: TriggerDetail): FormValues {
  const empty = emptyValues({ nodeId: null, transportId: null });
  const { request } = trigger;
  return {
    name: trigger.name,
    nodeId: trigger.nodeId,
    transportId: trigger.transportId,
    enabled: trigger.enabled,
    event: { kind: "on_demand" },
    request: isSoapRequest(request)
      ? { ...empty.request, operation: request.operation, arguments: JSON.stringify(request.arguments, null, 2) }
      : {
          ...empty.request,
          path: request.path,
          query: Object.entries(request.query).map(([name, value]) => ({ name, value })),
          headers: request.headers,
          body: request.body,
        },
    maxInProgress: trigger.maxInProgress,
    queueSize: trigger.queueSize,
    maxExecutionMs: trigger.maxExecutionMs,
    notes: trigger.notes,
  };
}

/** The request as the schema takes it, for a transport of this type. */
export function toRequest({ request }: Pick<FormValues, "request">, type: TransportType) {
  if (type === "WS_SOAP") return { operation: request.operation, arguments: readArguments(request.arguments) };
  return {
    path: request.path,
    query: Object.fromEntries(request.query.filter(isFilled).map(({ name, value }) => [name, value])),
    headers: request.headers.filter(isFilled),
    body: request.body,
  };
}

/** A row that was added and left empty says nothing. */
export function isFilled({ name, value }: NameValue): boolean {
  return name !== "" || value !== "";
}

function readArguments(text: string): Record<string, never> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** The fields as the schema takes them. */
export function toInput(values: FormValues, type: TransportType): TriggerFormValues {
  return {
    name: values.name,
    nodeId: values.nodeId,
    transportId: values.transportId,
    enabled: values.enabled,
    event: values.event,
    request: toRequest(values, type),
    // A cleared number is "", which the schema calls by its name.
    maxInProgress: values.maxInProgress as number,
    queueSize: values.queueSize as number,
    maxExecutionMs: values.maxExecutionMs as number,
    notes: values.notes,
  };
}

/** What of the form differs from what it started with, for an edit. */
export function toUpdate(values: FormValues, from: FormValues, type: TransportType, version: number): TriggerUpdate {
  const before: Record<string, unknown> = toInput(from, type);
  const changed = Object.entries(toInput(values, type)).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]),
  );
  return { ...Object.fromEntries(changed), version };
}
