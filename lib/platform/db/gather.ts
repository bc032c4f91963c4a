import { outsideCorrelation } from "#lib/platform/log/correlation.ts";
import { getDb } from "./client.ts";
import { isDatabaseUnavailable } from "./unavailable.ts";

/** A statement that takes longer, such as one that waits for a lock, no longer holds up what came after it. */
const patienceMs = 100;

type Gathering<Q, A> = {
  /** Answers questions with one statement, in their order. */
  work: (questions: Q[]) => Promise<A[]>;
  /** Two questions of the same key never share a statement. */
  keyOf: (question: Q) => string;
  /** How many questions share a statement at most. */
  most?: number;
};

type Waiting<Q, A> = { question: Q; resolve: (answer: A) => void; reject: (err: unknown) => void };

/**
 * Lets single questions to the database share statements: those that come while a statement is under way go together into the next
 * one. One that comes alone is asked at once. When a statement fails for several, each is asked by itself, so that the one to blame
 * does not fail the others.
 * @returns asks one question. It throws Error inside a transaction, which has a connection of its own.
 */
export function gather<Q, A>({ work, keyOf, most = 200 }: Gathering<Q, A>): (question: Q) => Promise<A> {
  let waiting: Waiting<Q, A>[] = [];
  let isAsking = false;

  async function askAll(): Promise<void> {
    while (waiting.length > 0) await atMost(patienceMs, askTogether(takeBatch()));
    isAsking = false;
  }

  function takeBatch(): Waiting<Q, A>[] {
    const batch = new Map<string, Waiting<Q, A>>();
    const later: Waiting<Q, A>[] = [];
    for (const one of waiting) {
      const key = keyOf(one.question);
      if (batch.size < most && !batch.has(key)) batch.set(key, one);
      else later.push(one);
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
      if (batch.length === 1 || isDatabaseUnavailable(err)) for (const { reject } of batch) reject(err);
      else for (const one of batch) await askTogether([one]);
    }
  }

  return (question) => {
    getDb();
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
function atMost(ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
