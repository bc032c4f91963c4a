import { and, eq, lt, sql } from "drizzle-orm";
import { webhookMessages } from "#drizzle/schema/webhook-messages.ts";
import type { Run } from "#lib/delivery/runs/model.ts";
import { findRunIfThere } from "#lib/delivery/runs/read-runs.ts";
import { batchQueries } from "#lib/platform/db/batch-queries.ts";
import { type Database, getDb, type Transaction } from "#lib/platform/db/client.ts";
import { AppError, invalidInput } from "#lib/platform/errors/app-error.ts";

/** For how long a repeat of a message is known: longer than senders repeat it. */
const keepMs = 3 * 24 * 60 * 60 * 1000;
/** How long after its deadline a run may still be on its way into the database. */
const graceMs = 15_000;

/** A message as its sender names it. */
export type Message = { triggerId: string; key: string; bodyHash: string };

/** Thrown into the transaction of a message that was taken before. */
export class RepeatedMessage extends Error {}

/** A message for a run that is begun now, and how long that may take. */
export type Taking = { message: Message; runId: string; maxExecutionMs: number };

/**
 * Takes a message for a run, once, whoever else gets it at the same time, in the transaction that accepts the run.
 * @throws RepeatedMessage when it was taken before
 */
export async function takeMessage(tx: Transaction, taking: Taking): Promise<void> {
  if ((await takeMessages(tx, [taking])).size === 0) throw new RepeatedMessage();
}

/** The same for a run that is made at once; messages that come at the same time share a statement. */
export async function takeMessageAlone(taking: Taking): Promise<void> {
  if (!(await takeTogether(taking))) throw new RepeatedMessage();
}

const takeTogether = batchQueries<Taking, boolean>({
  keyOf: ({ message }) => `${message.triggerId} ${message.key}`,
  work: async (takings) => {
    const taken = await takeMessages(getDb(), takings);
    return takings.map(({ runId }) => taken.has(runId));
  },
});

/** @returns the runs whose messages were taken. Rows are locked in one order, so that processes never wait in a circle. */
async function takeMessages(db: Database | Transaction, takings: Taking[]): Promise<Set<string>> {
  const values = takings.map(({ message, runId, maxExecutionMs }) => ({
    trigger_id: message.triggerId,
    key: message.key,
    body_hash: message.bodyHash,
    run_id: runId,
    for_ms: maxExecutionMs + graceMs,
  }));
  const { rows } = await db.execute<{ run_id: string }>(sql`
    insert into ${webhookMessages} (trigger_id, key, body_hash, run_id, until, expires_at)
    select trigger_id, key, body_hash, run_id, now() + for_ms * interval '1 millisecond',
      now() + ${keepMs} * interval '1 millisecond'
    from json_to_recordset(${JSON.stringify(values)}::json)
      as given(trigger_id uuid, key text, body_hash text, run_id uuid, for_ms int)
    order by trigger_id, key
    on conflict (trigger_id, key) do update
      set body_hash = excluded.body_hash, run_id = excluded.run_id, until = excluded.until, expires_at = excluded.expires_at
      where ${webhookMessages.expiresAt} < now()
    returning run_id`);
  return new Set(rows.map((row) => row.run_id));
}

/** Forgets a message of which nothing came, so that its sender may repeat it. */
export async function forgetMessage({ triggerId, key }: Message, runId: string): Promise<void> {
  await getDb()
    .delete(webhookMessages)
    .where(
      and(eq(webhookMessages.triggerId, triggerId), eq(webhookMessages.key, key), eq(webhookMessages.runId, runId)),
    );
}

/**
 * The run of a message that was taken before; its id alone when the process that made it must have ended in the middle.
 * @throws AppError `webhook_message_in_progress`; `invalid_input` when the key was used for another body
 */
export async function findRepeated({ triggerId, key, bodyHash }: Message): Promise<Run | { lostRunId: string }> {
  const [found] = await getDb()
    .select({
      runId: webhookMessages.runId,
      bodyHash: webhookMessages.bodyHash,
      isOver: sql<boolean>`${webhookMessages.until} < now()`,
    })
    .from(webhookMessages)
    .where(and(eq(webhookMessages.triggerId, triggerId), eq(webhookMessages.key, key)));
  if (found && found.bodyHash !== bodyHash) {
    const field = key.startsWith("id:") ? "webhook-id" : "Idempotency-Key";
    throw invalidInput([{ field, message: "It was used for another body before. Use a new one for each message." }]);
  }
  const run = found ? await findRunIfThere(found.runId) : null;
  if (run) return run;
  if (found?.isOver) return { lostRunId: found.runId };
  throw new AppError("webhook_message_in_progress", "This message is being worked on.", {
    hint: "Send it again in a few seconds to get its run.",
    retryable: true,
    details: { retryAfterSeconds: 2 },
  });
}

/** Forgets what no repeat comes for any more, for the worker. */
export async function deleteOldMessages(): Promise<void> {
  await getDb().delete(webhookMessages).where(lt(webhookMessages.expiresAt, sql`now()`));
}
