import { getLog } from "#lib/platform/log/log.ts";

/** Work that a process repeats in the background. Rounds of a task never overlap. */
export type Task = Work & {
  /** What it does, in a few words. */
  name: string;
  /** The pause after a round, ±20%, so that processes don't query the database in step. */
  everyMs: number;
  /** The pause after a round that failed, if it's another one. */
  retryMs?: number;
  /** The log's message when a round fails. */
  failure: string;
};

export type Work = {
  /** Does one round. */
  run: (loop: Loop) => Promise<unknown>;
  /** Called after the last round: finishes what rounds have begun. */
  drain?: () => Promise<unknown>;
};

/** A task that was started. */
export type Loop = {
  readonly isStopping: boolean;
  /** The pause after the current round, which the round can change. */
  pauseMs: number;
  /** Begins the next round without a pause. */
  wake: () => void;
  /** Begins no more rounds, and waits for the current one and for `drain`. Never throws. */
  stop: () => Promise<void>;
};

/** Starts a task; its first round begins immediately. A round that fails is logged and followed by the next one. */
export function startTask(task: Task): Loop {
  let isStopping = false;
  let isWoken = false;
  let endPause = (): void => undefined;
  const loop: Loop = {
    get isStopping() {
      return isStopping;
    },
    pauseMs: 0,
    wake() {
      isWoken = true;
      endPause();
    },
    async stop() {
      isStopping = true;
      loop.wake();
      await rounds;
      await attempt(async () => task.drain?.());
    },
  };

  async function attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (err) {
      getLog().warn({ err, task: task.name }, task.failure);
      loop.pauseMs = task.retryMs ?? loop.pauseMs;
    }
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, loop.pauseMs);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function repeat(): Promise<void> {
    while (!isStopping) {
      isWoken = false;
      loop.pauseMs = task.everyMs * (0.8 + 0.4 * Math.random());
      await attempt(() => task.run(loop));
      if (!isWoken && loop.pauseMs > 0) await pause();
    }
  }

  const rounds = repeat();
  return loop;
}
