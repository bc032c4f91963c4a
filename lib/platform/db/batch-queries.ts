import { setTimeout as wait } from "node:timers/promises";
import { outsideCorrelation } from "#lib/platform/log/correlation.ts";
import { getDb } from "./client.ts";
import { isDatabaseUnavailable } from "./unavailable.ts";

// Queries of many callers share statements:
//
//   waiting    the query was made while a statement ran, or in this turn of the event loop
//   in flight  it's in the statement of a batch; the next batch waits for that one, for `patienceMs` at most
//   answered   with its own result
//   alone      the statement failed for several queries: each is made in its own statement, so that only the one to blame fails

type Batching<Q, A> = {
  /** Answers questions with one statement, in their order. */
  work: (questions: Q[]) => Promise<A[]>;
  /** Two questions of the same key never share a statement. */
  keyOf: (question: Q) => string;
  /** How many questions share a statement at most. */
  most?: number;
  /** Questions share a statement as long as their sizes add up to at most `mostSize`. */
  sizeOf?: (question: Q) => number;
  mostSize?: number;
  /** A statement that takes longer, such as one that waits for a lock, no longer holds up what came after it. Null: it always does. */
  patienceMs?: number | null;
  /** The pause after a statement, so that more questions share the next one. */
  pauseMs?: number;
  /** Whether questions can come from inside a transaction: `work` then uses `getPool()`, as `getDb()` throws there. */
  inTransactions?: boolean;
  /** Whether an error concerns all questions of a statement, which then aren't asked one by one. */
  isCommon?: (err: unknown) => boolean;
};

type Waiting<Q, A> = { question: Q; resolve: (answer: A) => void; reject: (err: unknown) => void };

/**
 * Lets single queries share statements: those that come while a statement is in flight go together into the next one. A query that
 * comes alone is made immediately.
 * @returns makes one query. It throws Error inside a transaction, which has its own connection, except with `inTransactions`.
 */
export function batchQueries<Q, A>(options: Batching<Q, A>): (question: Q) => Promise<A> {
  const { work, keyOf, most = 200, sizeOf = () => 0, mostSize = 0 } = options;
  const { patienceMs = 100, pauseMs = 0, inTransactions = false, isCommon = isDatabaseUnavailable } = options;
  let waiting: Waiting<Q, A>[] = [];
  let isAsking = false;

  async function askAll(): Promise<void> {
    while (waiting.length > 0) {
      await atMost(patienceMs, askTogether(takeBatch()));
      if (pauseMs > 0) await wait(pauseMs);
    }
    isAsking = false;
  }

  function takeBatch(): Waiting<Q, A>[] {
    const batch = new Map<string, Waiting<Q, A>>();
    const later: Waiting<Q, A>[] = [];
    let size = 0;
    for (const one of waiting) {
      const key = keyOf(one.question);
      const grown = size + sizeOf(one.question);
      if (batch.size < most && !batch.has(key) && (batch.size === 0 || grown <= mostSize)) {
        batch.set(key, one);
        size = grown;
      } else later.push(one);
    }
    waiting = later;
    return [...batch.values()];
  }

  /** Never throws. */
  async function askTogether(batch: Waiting<Q, A>[]): Promise<void> {
    try {
      const answers = await work(batch.map(({ question }) => question));
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index]!);
    } catch (err) {
      if (batch.length === 1 || isCommon(err)) for (const { reject } of batch) reject(err);
      else for (const one of batch) await askTogether([one]);
    }
  }

  return (question) => {
    if (!inTransactions) getDb();
    return new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      if (isAsking) return;
      isAsking = true;
      // After this turn of the event loop, so that what is asked in the same one shares a statement.
      setImmediate(() => outsideCorrelation(() => void askAll()));
    });
  };
}

/** Waits for `work`, but not longer than `ms`. */
function atMost(ms: number | null, work: Promise<void>): Promise<void> {
  if (ms === null) return work;
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
