import { hash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { v7 } from "uuid";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { takeAttempt } from "#lib/access/sessions/throttle.ts";
import { requireEnabled, startRun } from "#lib/delivery/firing/fire.ts";
import { type Firing, toBareOrder } from "#lib/delivery/firing/to-order.ts";
import { recordRefusal } from "#lib/delivery/runs/execute.ts";
import type { Run } from "#lib/delivery/runs/model.ts";
import { getTriggerPlan, type TriggerPlan } from "#lib/delivery/triggers/plan.ts";
import type { Actor } from "#lib/platform/audit/actor.ts";
import type { Transaction } from "#lib/platform/db/client.ts";
import { requireStorable } from "#lib/platform/db/storable.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { readMessage, readMessageHeaders } from "./receiving/read-message.ts";
import { findSignatureFault } from "./receiving/verify-signature.ts";
import { getWebhookPlan, openWebhookSecrets } from "./receiving/webhook-plan.ts";
import {
  findRepeated,
  forgetMessage,
  type Message,
  RepeatedMessage,
  takeMessage,
  takeMessageAlone,
} from "./webhook-messages.ts";

/** A request to a webhook as it came. */
export type WebhookRequest = {
  slug: string;
  headers: IncomingHttpHeaders;
  query: Record<string, string | string[]>;
  body: Buffer;
  /** Of the sender; null when it is not known. */
  address: string | null;
};

/**
 * Takes a message of a webhook: who sends it, whether it came before, and the run that it makes. A repeat of a message (the same
 * `webhook-id` or `Idempotency-Key`) gets the first one's run.
 * @param authenticate who an API key of the request is.
 * @throws AppError `not_found`, `webhook_signature_invalid`, `sign_in_required`, `forbidden`, `too_many_attempts`, `trigger_disabled`,
 *   `malformed_json`, `unsupported_media_type`, `webhook_message_in_progress`, `queue_full` and `too_many_in_progress` with
 *   `details.runId`, and what `startRun` throws
 */
export async function receiveWebhook(
  request: WebhookRequest,
  authenticate: () => Context | Promise<Context>,
  now = Date.now(),
): Promise<Run> {
  requireStorable(request.slug, "slug");
  const webhook = await getWebhookPlan(request.slug);
  if (!webhook) throw new AppError("not_found", `There is no webhook ${request.slug.slice(0, 100)}.`);
  const plan = await getTriggerPlan(webhook.triggerId);
  const { event } = plan;
  // It was changed a moment ago.
  if (event.kind !== "webhook") throw new AppError("not_found", `There is no webhook ${request.slug.slice(0, 100)}.`);
  const isSigned = request.headers["webhook-signature"] !== undefined || request.headers.authorization === undefined;
  const actor: Actor =
    isSigned && event.authentication === "signature"
      ? await checkSignature(request, openWebhookSecrets(webhook, now), event.slug, now)
      : await checkKey(plan, authenticate);
  requireEnabled(plan);
  const message = toMessage(plan.id, request);
  const scope = {
    body: readMessage(request.body, request.headers["content-type"]),
    headers: readMessageHeaders(request.headers),
    query: request.query,
  };
  requireStorable(scope, "webhook");
  const input = { variables: {}, webhook: scope, dueAt: null };
  const atOnce = event.respond === "run" && !wantsNoWait(request.headers);
  return makeOnce(plan, { runId: v7(), event: "webhook", actor, input }, atOnce, message);
}

async function checkSignature(
  { headers, body, address }: WebhookRequest,
  secrets: Buffer[],
  slug: string,
  now: number,
): Promise<Actor> {
  const text = (name: string) => (typeof headers[name] === "string" ? headers[name] : "");
  const given = { id: text("webhook-id"), timestamp: text("webhook-timestamp"), signature: text("webhook-signature") };
  const fault = findSignatureFault(given, body, secrets, now);
  if (fault === null) return { kind: "system", id: null, name: `Webhook ${slug}` };
  getLog().warn({ slug, address, fault }, "the signature of a webhook was refused");
  // Only wrong ones are counted and held up: whoever signs right is not kept out by others.
  await takeAttempt("webhook", `${slug}/${address ?? ""}`);
  throw new AppError("webhook_signature_invalid", "The request is not signed as this webhook asks.", {
    hint: "Sign it with the webhook's secret as Standard Webhooks says, with the time of now, or send an API key.",
  });
}

async function checkKey(plan: TriggerPlan, authenticate: () => Context | Promise<Context>): Promise<Actor> {
  const ctx = await authenticate();
  requirePermission(ctx, "triggers.run", plan.node.path);
  return ctx.actor;
}

/** Null when the sender does not name its messages. */
function toMessage(triggerId: string, { headers, body }: WebhookRequest): Message | null {
  const bodyHash = hash("sha256", body, "base64url");
  const id = headers["webhook-id"];
  if (typeof id === "string" && id !== "") return { triggerId, key: `id:${id.slice(0, 300)}`, bodyHash };
  const key = headers["idempotency-key"];
  return typeof key === "string" && key !== "" ? { triggerId, key: `key:${key.slice(0, 300)}`, bodyHash } : null;
}

/** RFC 7240 section 4.1. */
function wantsNoWait({ prefer }: IncomingHttpHeaders): boolean {
  return /(^|[\s,;])respond-async([\s,;]|$)/i.test(String(prefer ?? ""));
}

async function makeOnce(plan: TriggerPlan, firing: Firing, atOnce: boolean, message: Message | null): Promise<Run> {
  try {
    const taking = message && { message, runId: firing.runId, maxExecutionMs: plan.maxExecutionMs };
    const before = taking && ((tx: Transaction | null) => (tx ? takeMessage(tx, taking) : takeMessageAlone(taking)));
    const run = await startRun(plan, firing, { atOnce, before: before ?? undefined });
    if (run.attempts > 0 || !isRefused(run)) return run;
    throw refused(run);
  } catch (err) {
    if (message && err instanceof RepeatedMessage) return repeat(plan, firing, message);
    // Nothing came of it, so the sender may send it again; only a run that could not be recorded may have been sent.
    if (message && !(err instanceof AppError && err.code === "database_unavailable")) {
      await forgetMessage(message, firing.runId).catch((cause) =>
        getLog().warn({ err: cause }, "a message stays taken"),
      );
    }
    throw err;
  }
}

async function repeat(plan: TriggerPlan, firing: Firing, message: Message): Promise<Run> {
  const found = await findRepeated(message);
  if ("id" in found) return found;
  // The process that took it ended before it could record what came of it.
  const reason = new AppError(
    "interrupted",
    "The process that made this run ended in the middle of it. Whether the service got the request is not known.",
    { hint: "Look at the service before the message is sent again with another id." },
  );
  return recordRefusal(toBareOrder(plan, { ...firing, runId: found.lostRunId }), reason);
}

function isRefused({ error }: Run): boolean {
  return error?.code === "queue_full" || error?.code === "too_many_in_progress";
}

function refused({ id, error }: Run): AppError {
  const code = error?.code === "queue_full" ? "queue_full" : "too_many_in_progress";
  return new AppError(code, error?.message ?? "The trigger has no place for another run.", {
    hint: error?.hint ?? undefined,
    retryable: true,
    details: { runId: id, retryAfterSeconds: 5 },
  });
}
