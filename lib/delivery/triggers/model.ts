import type { RequestTemplate } from "#lib/delivery/requests/model.ts";
import type { TransportType } from "#lib/delivery/transports/model.ts";
import { type AppError, invalidInput } from "#lib/platform/errors/app-error.ts";

/** What fires a trigger. */
export type TriggerEvent =
  | { kind: "on_demand" }
  | {
      kind: "schedule";
      /** Five fields of crontab(5). */
      cron: string;
      /** IANA name. */
      timezone: string;
      /** What follows times that passed while no worker was there: nothing, or one run for the latest of them. */
      catchUp: CatchUp;
      paused: boolean;
    }
  | {
      kind: "webhook";
      /** Of `POST /api/hooks/{slug}`. */
      slug: string;
      /** How senders show who they are: by a signature (Standard Webhooks), or by an API key only. An API key always counts. */
      authentication: WebhookAuthentication;
      /** What they are answered: the finished run, or at once that it is accepted. */
      respond: WebhookRespond;
    };

export const catchUps = ["skip", "once"] as const;
export type CatchUp = (typeof catchUps)[number];
export const webhookAuthentications = ["signature", "api_key"] as const;
export type WebhookAuthentication = (typeof webhookAuthentications)[number];
export const webhookResponds = ["run", "accepted"] as const;
export type WebhookRespond = (typeof webhookResponds)[number];

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

type TriggerBase = {
  id: string;
  version: number;
  name: string;
  nodeId: string;
  nodeName: string;
  transportId: string;
  transportName: string;
  transportType: TransportType;
  /** The credential of the transport, null when it uses none. */
  credentialId: string | null;
  credentialName: string | null;
  enabled: boolean;
  event: TriggerEvent;
  maxInProgress: number;
  queueSize: number;
  maxExecutionMs: number;
  /** Whether a queued run is made again when the worker that made it ended in the middle. */
  repeatInterrupted: boolean;
  /** For how many hours a run that failed on authentication is held, to be made again when its credential works; 0 = not at all. */
  holdHours: number;
  /** How many of its runs wait for a place or a worker. */
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
  request: RequestTemplate;
  /** Names that the templates use as `variables.NAME`, for the form that asks for them. */
  variables: string[];
  /** Of these, the ones in the place of a JSON value (`{"n": {{variables.n}}}`): the form reads what is entered as JSON. */
  jsonVariables: string[];
  /** Null for another event. */
  schedule: ScheduleState | null;
  webhook: WebhookState | null;
  notes: string;
};

/** A trigger that was just saved; a secret that was made for its webhook is shown this once. */
export type SavedTrigger = TriggerDetail & { webhookSecret: string | null };
