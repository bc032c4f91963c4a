import type { ShownRequest } from "#lib/delivery/requests/model.ts";
import type { TransportType } from "#lib/delivery/transports/definition.ts";
import type { Stored } from "#lib/platform/definitions/derive.ts";
import { type AppError, invalidInput } from "#lib/platform/errors/app-error.ts";
import type { plainFields, TriggerEvent } from "./definition.ts";

/** How the schedule of a trigger stands. */
export type ScheduleState = {
  /** Null while it is paused or the trigger disabled. */
  nextDueAt: string | null;
  /** The last due time that a run was made for. */
  lastDueAt: string | null;
  /** Due times that passed without a run, the last time that this happened: how many, and the latest. */
  missed: number;
  missedUntil: string | null;
};

/** How the webhook of a trigger stands; never a secret. */
export type WebhookState = {
  /** Where senders post to, below the portal's URL. */
  path: string;
  /** When its signing secret was made, null when it has none. */
  secretSetAt: string | null;
  /** Until when the secret before it counts too. */
  previousSecretUntil: string | null;
};

/** Says that a request is of the other type than its transport. */
export function wrongKind(isSoap: boolean): AppError {
  const message = isSoap
    ? "A request with an operation needs a transport of type WS_SOAP; this one is HTTP."
    : "A transport of type WS_SOAP needs a request with operation and arguments.";
  return invalidInput([{ field: "request", message }]);
}

type TriggerBase = Omit<Stored<typeof plainFields>, "notes"> & {
  id: string;
  version: number;
  nodeName: string;
  transportName: string;
  transportType: TransportType;
  /** The credential of the transport, null when it uses none. */
  credentialId: string | null;
  credentialName: string | null;
  event: TriggerEvent;
  /** How many of its runs wait for a slot or a worker. */
  queued: number;
  /** How many of its runs are held. */
  held: number;
  createdAt: string;
  updatedAt: string;
};

/** A row of the list. */
export type TriggerSummary = TriggerBase & {
  /** The newest run, null when there was none yet. */
  lastRun: { id: string; status: string; startedAt: string } | null;
};

/** One trigger with everything. */
export type TriggerDetail = TriggerSummary & {
  request: ShownRequest;
  /** Names that the templates use as `variables.NAME`, for the form that asks for them. */
  variables: string[];
  /** Of these, the ones in the place of a JSON value (`{"n": {{variables.n}}}`): the form reads what is entered as JSON. */
  jsonVariables: string[];
  /** Null for another event. */
  schedule: ScheduleState | null;
  webhook: WebhookState | null;
  notes: string;
};

/** Whether a trigger can be run on demand without values for variables or a message. */
export function runsWithoutInput({ variables, event }: Pick<TriggerDetail, "variables" | "event">): boolean {
  return variables.length === 0 && event.kind !== "webhook";
}

/** A trigger that was just saved; a secret that was made for its webhook is shown this once. */
export type SavedTrigger = TriggerDetail & { webhookSecret: string | null };
