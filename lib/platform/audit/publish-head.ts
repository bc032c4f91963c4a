import { appendFile } from "node:fs/promises";
import { auditHead } from "#drizzle/schema/audit-head.ts";
import type { Work } from "#lib/platform/background/task.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { getLog } from "#lib/platform/log/log.ts";
import type { Head } from "./chain.ts";

/** What goes to the file as one line, and to the webhook as its body. `at` is when it was sent. */
export type PublishedHead = Head & { at: string; portal: string };

type Settings = {
  portal: string;
  /** Gets a line of JSON for each head. */
  file: string | undefined;
  /** Hands the head to the webhook; undefined when there is none. */
  send: ((head: PublishedHead) => Promise<void>) | undefined;
};

/**
 * Sends the chain's head where whoever can write the database can't change it: in each round if records were added, and at the
 * end. What could not be sent is tried again. Several workers may each do so.
 */
export function publishHead({ portal, file, send }: Settings): Work {
  const targets = [
    ...(file === undefined ? [] : [{ name: file, ship: (head: PublishedHead) => appendLine(file, head), done: -1 }]),
    ...(send === undefined ? [] : [{ name: "the webhook", ship: send, done: -1 }]),
  ];
  const ship = async () => {
    if (targets.length === 0) return;
    const [row] = await getDb().select().from(auditHead);
    if (!row) return;
    const head = { at: new Date().toISOString(), portal, id: row.lastId, hash: row.hash };
    await Promise.all(targets.map((target) => target.done !== head.id && shipTo(target, head)));
  };
  return { run: ship, drain: ship };
}

async function shipTo(
  target: { name: string; ship: (head: PublishedHead) => Promise<void>; done: number },
  head: PublishedHead,
): Promise<void> {
  try {
    await target.ship(head);
    target.done = head.id;
  } catch (err) {
    getLog().error({ err }, `the head of the audit chain did not reach ${target.name}; it is tried again`);
  }
}

async function appendLine(file: string, head: PublishedHead): Promise<void> {
  await appendFile(file, `${JSON.stringify(head)}\n`, { mode: 0o640 });
}
