import { and, eq, lt, sql } from "drizzle-orm";
import { webhookMessages } from "#drizzle/schema/webhook-messages.ts";
import { type Database, getDb, type Transaction } from "../db/client.ts";
import { AppError, invalidInput } from "../errors.ts";
import { findRunIfThere } from "../runs/find-runs.ts";
import type { Run } from "../runs/model.ts";

/** For how long a repeat of a message is known: longer than senders repeat it. */
const keepMs = 3 * 24 * 60 * 60 * 1000;
/** How long after its deadline a run may still be on its way into the database. */
const graceMs = 15_000;

/** A message as its sender names it. */
export type Message = { triggerId: string; key: string; bodyHash: string };

/** Thrown into the transaction of a message that was taken before. */
export class RepeatedMessage extends Error {}

/**
 * Takes a message for a run, once, whoever else gets it at the same time.
 * @param maxExecutionMs of the run that is begun now.
 * @throws RepeatedMessage when it was taken before
 */
export async function takeMessage(
  db: Database | Transaction,
  { triggerId, key, bodyHash }: Message,
  runId: string,
  maxExecutionMs: number,
): Promise<void> {
  const until = sql`now() + ${`${maxExecutionMs + graceMs} milliseconds`}::interval`;
  const expiresAt = sql`now() + ${`${keepMs} milliseconds`}::interval`;
  const taken = await db
    .insert(webhookMessages)
    .values({ triggerId, key, bodyHash, runId, until, expiresAt })
    .onConflictDoUpdate({
      target: [webhookMessages.triggerId, webhookMessages.key],
      set: { bodyHash, runId, until, expiresAt },
      setWhere: lt(webhookMessages.expiresAt, sql`now()`),
    })
    .returning({ runId: webhookMessages.runId });
  if (taken.length === 0) throw new RepeatedMessage();
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
